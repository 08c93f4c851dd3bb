import type { TokenLogprobs } from "../engine/request.ts";
import type { Choice } from "../engine/outputs/wanted.ts";
import { checkChosen, forcedToken } from "./grammar/run-grammar.ts";
import type { GenerationRun } from "./generation-run.ts";
import { isFinished } from "./stopping/call-criteria.ts";
import type { GenerationStep } from "./token-steps.ts";
import { noDraft, type Draft } from "./speculation/draft.ts";
import { Speculation } from "./speculation/speculation.ts";

interface ChosenToken {
  readonly token: number;
  /** Name of the criterion that ends the row behind it. */
  readonly endedBy: string | null;
  readonly logprobs: TokenLogprobs | null;
  /** The grammar left no choice. */
  readonly isForced: boolean;
}

/**
 * Decoding in which rows go on at their own pace; a step is given out when every row has its token.
 *
 * Tokens that a grammar leaves no choice of are added as they are, and the next pass reads them all.
 *
 * Speculative decoding of any number of rows (Leviathan et al., arXiv 2211.17192; Chen et al., arXiv 2302.01318): a pass
 * reads tokens that were drafted behind each row, and as many of them stay as plain decoding could have written. A greedy
 * token, and one drawn after lookup, is chosen from the scores it has in plain decoding, so the text is the same; one drawn
 * after a draft model's has the same distribution.
 */
export async function* ownPaceSteps(run: GenerationRun, speculates: boolean): AsyncGenerator<GenerationStep> {
  const { state, pacer } = run;
  const speculation = speculates ? new Speculation(run) : null;
  const waiting = state.rows.map((): ChosenToken[] => []);
  const last = state.rows.map((): string | null => null);
  let told = last;
  let isPrefilled = state.isPrefilled;
  const take = (row: number, chosen: readonly ChosenToken[]): void => {
    const forced = chosen.at(-1)?.endedBy ? [] : takeForced(run, row);
    waiting[row]?.push(...chosen, ...forced);
    last[row] = [...chosen, ...forced].at(-1)?.endedBy ?? null;
  };
  try {
    // Rows of one prompt are read once for all, and go on by themselves behind that.
    if (run.settings.copies === 1) for (const row of last.keys()) take(row, []);
    do {
      const live = last.map((endedBy) => endedBy === null);
      const drafts = isPrefilled && speculation ? await speculation.draft(live) : [];
      drafts.forEach(({ tokens }, row) => state.extend(row, tokens));
      const outputs = live.map((isLive, row) => (isLive ? 1 + (drafts[row]?.tokens.length ?? 0) : 0));
      const given = live.includes(true) ? await read(run, outputs) : [];
      isPrefilled = true;
      for (const [row, positions] of given.entries()) {
        if (!live[row]) continue;
        const draft = drafts[row] ?? noDraft;
        const chosen = await chooseTokens(run, row, positions, draft);
        const accepted = chosen.filter(({ token }, i) => token === draft.tokens[i]).length;
        speculation?.learn(row, draft.tokens.length, accepted);
        if (speculation) run.countDraft(draft.tokens.length, accepted);
        take(row, chosen);
        await pacer.pause();
      }
      while (isStepReady(waiting, last)) {
        const step = waiting.map((tokens) => tokens.shift());
        told = told.map((endedBy, row) => endedBy ?? step[row]?.endedBy ?? null);
        state.countForced(step.filter((one) => one?.isForced).length);
        const pad = run.settings.padTokenId ?? 0;
        yield {
          tokens: step.map((one) => one?.token ?? pad),
          finished: told.map(isFinished),
          endedBy: told,
          ...(run.logprobs.isWanted && { logprobs: step.map((one) => one?.logprobs ?? null) }),
        };
      }
    } while (last.includes(null));
  } finally {
    speculation?.dispose();
  }
}

/** What the tokens behind the last `outputs[row]` of each row are chosen from. */
function read(
  run: GenerationRun,
  outputs: readonly number[],
): Promise<readonly (readonly (Float32Array | Choice)[])[]> {
  if (run.isChosenByDevice) return run.readGreedy(outputs);
  return run.logprobs.isWanted ? run.read(outputs, { kind: "logits" }) : run.state.nextOfEach(run.pacer, outputs);
}

/** Adds the tokens that have to follow a row; the row may end with them. */
function takeForced(run: GenerationRun, row: number): readonly ChosenToken[] {
  const { state } = run;
  const forced: ChosenToken[] = [];
  let endedBy: string | null = null;
  while (endedBy === null) {
    const ids = state.rows[row] ?? [];
    const token = forcedToken(run, ids, row);
    if (token === null) break;
    state.extend(row, [token]);
    endedBy = run.endedByOf(ids, row);
    forced.push({ token, endedBy, logprobs: null, isForced: true });
  }
  return forced;
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
        : run.greedyToken(position, ids, row);
    checkChosen(run, token, ids, row);
    ids.push(token);
    const endedBy = run.endedByOf(ids, row);
    chosen.push({ token, endedBy, logprobs: run.logprobs.of(row, i, token), isForced: false });
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
  const [token, distribution] = [draft.tokens[i], draft.distributions?.[i]];
  if (run.allowedCandidates && !distribution) return run.drawAllowed(scores, run.allowedCandidates, ids, row);
  await run.processRow(scores, ids, row);
  return distribution && token !== undefined
    ? run.verify(scores, row, ids.length, { token, distribution })
    : run.choose(scores, row, ids.length);
}
