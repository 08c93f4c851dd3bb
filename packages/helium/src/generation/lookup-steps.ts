import type { Run } from "./run.ts";
import { isFinished } from "./stopping/index.ts";
import type { GenerationStep } from "./token-steps.ts";

/**
 * Prompt lookup decoding of one row (Saxena 2023): where the end of the text occurred before, the tokens that followed it
 * then are tried in one pass, and as many are taken as plain decoding would have chosen. Each token is chosen from the
 * scores it would have in plain decoding, so the text is the same.
 */
export async function* lookupSteps(run: Run): AsyncGenerator<GenerationStep> {
  const { settings, state, pacer, recorder } = run;
  for (;;) {
    const [row = []] = state.rows;
    const prefix = [...row];
    const candidates = state.isPrefilled ? lookUp(prefix, settings) : [];
    state.extend(0, candidates);
    const [positions = []] = await state.nextOfEach(pacer, [candidates.length + 1]);

    const steps: GenerationStep[] = [];
    for (const scores of positions) {
      recorder.addLogits([scores]);
      run.checkLogits(scores, 0, prefix.length);
      await run.process([scores], [prefix]);
      const token = run.choose(scores, 0, prefix.length);
      const expected = candidates[steps.length];
      prefix.push(token);
      const [endedBy = null] = run.endedBy([prefix]);
      steps.push({ tokens: [token], finished: [isFinished(endedBy)], endedBy: [endedBy] });
      if (endedBy !== null || token !== expected) break;
    }
    // The last token was chosen, but not read.
    state.truncate(0, prefix.length - 1);
    state.extend(0, prefix.slice(-1));

    for (const step of steps) yield step;
    if (steps.at(-1)?.endedBy[0] !== null) return;
    await pacer.pause();
  }
}

/**
 * The tokens that followed the first earlier occurrence of the longest possible tail; none of them would be beyond
 * `maxLength`.
 */
function lookUp(
  ids: readonly number[],
  {
    promptLookupNumTokens,
    maxMatchingNgramSize,
    maxLength,
  }: {
    readonly promptLookupNumTokens: number | null;
    readonly maxMatchingNgramSize: number;
    readonly maxLength: number;
  },
): readonly number[] {
  const count = Math.min(promptLookupNumTokens ?? 0, maxLength - ids.length - 1);
  if (count <= 0) return [];
  for (let n = Math.min(maxMatchingNgramSize, ids.length - 1); n > 0; n--) {
    const tail = ids.slice(-n);
    for (let start = 0; start + n < ids.length; start++)
      if (tail.every((token, i) => ids[start + i] === token)) return ids.slice(start + n, start + n + count);
  }
  return [];
}
