import type { TokenLogprobs } from "../engine/request.ts";
import { checkChosen } from "./grammar/run-grammar.ts";
import type { GenerationRun } from "./generation-run.ts";
import { isFinished } from "./stopping/call-criteria.ts";

/** One step: the token each row got (the pad token for finished rows). */
export interface GenerationStep {
  readonly tokens: readonly number[];
  /** Rows whose text is finished after this step: by an eos, a stop string or a criterion of the caller's own. */
  readonly finished: readonly boolean[];
  /** Name of the criterion that ended each row, `maxLength` and `maxTime` included; null = the row goes on. */
  readonly endedBy: readonly (string | null)[];
  /** Of each row's token, where an engine's request asked for them. */
  readonly logprobs?: readonly (TokenLogprobs | null)[];
}

/** Greedy decoding and sampling, one token per row and step, until a criterion has ended every row. */
export async function* tokenSteps(run: GenerationRun): AsyncGenerator<GenerationStep> {
  const { settings, state, pacer } = run;
  let ended: readonly (string | null)[] = state.rows.map(() => null);
  while (ended.includes(null)) {
    const live = ended.map((name) => name === null);
    const chosen = await nextTokens(run, live);
    chosen.forEach((token, row) => token !== null && checkChosen(run, token, state.rows[row] ?? [], row));
    const tokens = chosen.map((token) => token ?? settings.padTokenId ?? 0);
    const logprobs = chosen.map((token, row) => (token === null ? null : run.logprobs.of(row, 0, token)));
    state.append(tokens);
    const now = run.endedBy();
    ended = ended.map((name, row) => name ?? now[row] ?? null);
    yield { tokens, finished: ended.map(isFinished), endedBy: ended, ...(run.logprobs.isWanted && { logprobs }) };
    await pacer.pause();
  }
}

/**
 * The token of each row, null for one that is not live. Tokens are drawn on the host, with sums in f64: `sampleTokens` of a
 * device draws from the same distribution, but with other rounding, so that a seed would give another text at times.
 */
async function nextTokens(run: GenerationRun, live: readonly boolean[]): Promise<readonly (number | null)[]> {
  if (run.isChosenByDevice) return run.nextGreedy(live);
  return run.candidates ? run.nextDrawn(live, run.candidates) : nextChosen(run, live);
}

/** By its processed scores. */
async function nextChosen(run: GenerationRun, live: readonly boolean[]): Promise<readonly (number | null)[]> {
  const { settings, pacer, recorder } = run;
  // Whoever looks at every row's scores gets those of finished rows too, as in transformers.
  const seesAll = settings.outputLogits || settings.outputScores || settings.logitsProcessors.length > 0;
  const scores = await run.next(seesAll ? undefined : live);
  recorder.addLogits(scores);
  scores.forEach((row, index) => live[index] && run.checkLogits(row, index));
  await run.process(scores);
  const tokens: (number | null)[] = [];
  for (const [index, row] of scores.entries()) {
    tokens.push(live[index] ? run.choose(row, index) : null);
    await pacer.pause();
  }
  return tokens;
}
