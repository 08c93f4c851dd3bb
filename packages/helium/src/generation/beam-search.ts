import { GenerationError } from "../errors.ts";
import type { BeamRecord } from "./generate-output.ts";
import { PromptBeams, type Candidate } from "./prompt-beams.ts";
import type { ResolvedGeneration } from "./options/resolved-generation.ts";
import type { GenerationRun } from "./generation-run.ts";
import { logSoftmaxRow } from "./sampling.ts";

export interface BeamSearchResult extends BeamRecord {
  readonly sequences: number[][];
}

/**
 * Beam search and beam sampling, as transformers 5 does it for all prompts at once: every step takes the best (or draws)
 * `max(2, 1 + eos) · numBeams` continuations of each prompt's beams, so that `numBeams` can go on although some end.
 */
export async function beamSearch(run: GenerationRun): Promise<BeamSearchResult> {
  const { settings, state, pacer, recorder } = run;
  const { inputIds, numBeams, earlyStopping } = settings;
  const prompts = inputIds.map((ids, index) => new PromptBeams(settings, ids, index * numBeams));
  for (;;) {
    const logits = await run.next();
    recorder.addLogits(logits);
    logits.forEach((row, index) => run.checkLogits(row, index));
    const scores = logits.map((row) => Float32Array.from(logSoftmaxRow(row)));
    await run.process(scores);
    run.checkBeams(scores);

    const { rows } = state;
    const step = state.length - settings.promptLength;
    const candidates: Candidate[][] = [];
    for (const [index, prompt] of prompts.entries()) {
      candidates.push(prompt.continuations(scores, run.random[index]?.at(step)));
      await pacer.pause();
    }
    const isEnded = run
      .endedBy(candidates.flat().map(({ parent, token }) => [...(rows[parent] ?? []), token]))
      .map((name) => name !== null);
    const perPrompt = isEnded.length / prompts.length;
    const running = prompts.flatMap((prompt, index) =>
      prompt.advance(candidates[index] ?? [], isEnded.slice(index * perPrompt, (index + 1) * perPrompt), rows),
    );

    run.select(running.map(({ parent }) => parent));
    state.append(running.map(({ token }) => token));
    for (const prompt of prompts) prompt.judge(state.length);
    const isFull = earlyStopping === true && prompts.every((prompt) => prompt.isFull);
    if (isFull || isEnded.every(Boolean) || !prompts.some((prompt) => prompt.canImprove)) break;
    await pacer.pause();
  }
  return collect(prompts, settings);
}

/** The best rows of each prompt, filled to one length. */
function collect(
  prompts: readonly PromptBeams[],
  { numReturnSequences, promptLength, padTokenId, eosTokenIds, grammar }: ResolvedGeneration,
): BeamSearchResult {
  const best = prompts.flatMap((prompt) => prompt.finished.slice(0, numReturnSequences));
  const missing = best.filter(({ isDone }) => !isDone).length;
  if (grammar && missing > 0)
    throw new GenerationError(
      "numReturnSequences",
      `asks for ${numReturnSequences} texts of each prompt, but the grammar allows fewer: ${missing} are missing; lower it`,
      { given: numReturnSequences, missing },
    );
  const longest = Math.max(...best.map(({ beamIndices }) => beamIndices.length));
  // transformers fills with pad, with the first eos where pad is 0, and with −1 where nothing ends a row.
  const fill = eosTokenIds.size === 0 ? -1 : padTokenId || ([...eosTokenIds][0] ?? 0);
  const filled = (row: readonly number[], length: number, value: number): number[] => [
    ...row,
    ...new Array<number>(length - row.length).fill(value),
  ];
  return {
    sequences: best.map(({ ids }) => filled(ids, promptLength + longest, fill)),
    sequencesScores: best.map(({ score }) => score),
    beamIndices: best.map(({ beamIndices }) => filled(beamIndices, longest, -1)),
  };
}
