import type { TokenLogprobs } from "../../engine/request.ts";
import type { Choice } from "../../engine/wanted.ts";
import type { GenerationRun } from "../generation-run.ts";
import { isFinished } from "../stopping/call-criteria.ts";
import type { GenerationStep } from "../token-steps.ts";
import { noDraft, type Draft } from "./draft.ts";
import { Speculation } from "./speculation.ts";

interface ChosenToken {
  readonly token: number;
  /** Name of the criterion that ends the row behind it. */
  readonly endedBy: string | null;
  readonly logprobs: TokenLogprobs | null;
}

/**
 * Speculative decoding of any number of rows (Leviathan et al., arXiv 2211.17192; Chen et al., arXiv 2302.01318): a pass
 * reads tokens that were drafted behind each row, and as many of them stay as plain decoding could have written. A greedy
 * token, and one drawn after lookup, is chosen from the scores it has in plain decoding, so the text is the same; one drawn
 * after a draft model's has the same distribution.
 *
 * Rows go on at their own pace; a step is given out when every row has its token.
 */
export async function* speculativeSteps(run: GenerationRun): AsyncGenerator<GenerationStep> {
  const { state, pacer } = run;
  const speculation = new Speculation(run);
  const waiting = state.rows.map((): ChosenToken[] => []);
  const last = state.rows.map((): string | null => null);
  let told = last;
  let isPrefilled = false;
  try {
    while (last.includes(null)) {
      const live = last.map((endedBy) => endedBy === null);
      isPrefilled ||= state.isPrefilled;
      const drafts = isPrefilled ? await speculation.draft(live) : [];
      drafts.forEach(({ tokens }, row) => state.extend(row, tokens));
      const outputs = live.map((isLive, row) => (isLive ? 1 + (drafts[row]?.tokens.length ?? 0) : 0));
      const given = run.isPlainGreedy
        ? await run.read(outputs, { kind: "greedy" })
        : run.logprobs.isWanted
          ? await run.read(outputs, { kind: "logits" })
          : await state.nextOfEach(pacer, outputs);
      for (const [row, positions] of given.entries()) {
        if (!live[row]) continue;
        const draft = drafts[row] ?? noDraft;
        const chosen = await chooseTokens(run, row, positions, draft);
        const accepted = chosen.filter(({ token }, i) => token === draft.tokens[i]).length;
        speculation.learn(row, draft.tokens.length, accepted);
        run.countDraft(draft.tokens.length, accepted);
        waiting[row]?.push(...chosen);
        last[row] = chosen.at(-1)?.endedBy ?? null;
        await pacer.pause();
      }
      while (isStepReady(waiting, last)) {
        const step = waiting.map((tokens) => tokens.shift());
        told = told.map((endedBy, row) => endedBy ?? step[row]?.endedBy ?? null);
        const pad = run.settings.padTokenId ?? 0;
        yield {
          tokens: step.map((one) => one?.token ?? pad),
          finished: told.map(isFinished),
          endedBy: told,
          ...(run.logprobs.isWanted && { logprobs: step.map((one) => one?.logprobs ?? null) }),
        };
      }
    }
  } finally {
    speculation.dispose();
  }
}

/** Some row goes on, and every one that does not end has its token. */
function isStepReady(waiting: readonly (readonly ChosenToken[])[], last: readonly (string | null)[]): boolean {
  return (
    waiting.some(({ length }) => length > 0) && waiting.every(({ length }, row) => length > 0 || last[row] !== null)
  );
}

/** The tokens of a row behind which its draft is right, and the one after them. The row then ends with them. */
async function chooseTokens(
  run: GenerationRun,
  row: number,
  positions: readonly (Float32Array | Choice)[],
  draft: Draft,
): Promise<readonly ChosenToken[]> {
  const { state } = run;
  const ids = (state.rows[row] ?? []).slice(0, (state.rows[row]?.length ?? 0) - draft.tokens.length);
  const chosen: ChosenToken[] = [];
  for (const [i, position] of positions.entries()) {
    const drafted = draft.tokens[i];
    const token =
      position instanceof Float32Array
        ? await chooseToken(run, row, position, ids, draft, i)
        : run.greedyToken(position, row, ids.length);
    ids.push(token);
    const endedBy = run.endedByOf(ids, row);
    chosen.push({ token, endedBy, logprobs: run.logprobs.of(row, i, token) });
    if (endedBy !== null || token !== drafted) break;
  }
  // The last token was chosen, but not read.
  state.truncate(row, ids.length - 1);
  state.extend(row, ids.slice(-1));
  return chosen;
}

/** The token behind `ids`, by its processed scores. @param i its place in the draft */
async function chooseToken(
  run: GenerationRun,
  row: number,
  scores: Float32Array,
  ids: readonly number[],
  draft: Draft,
  i: number,
): Promise<number> {
  run.recorder.addLogits([scores]);
  run.checkLogits(scores, row, ids.length);
  await run.processRow(scores, ids, row);
  const [token, distribution] = [draft.tokens[i], draft.distributions?.[i]];
  return distribution && token !== undefined
    ? run.verify(scores, row, ids.length, { token, distribution })
    : run.choose(scores, row, ids.length);
}
