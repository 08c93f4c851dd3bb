import type { Run } from "./run.ts";
import { isFinished } from "./stopping/index.ts";

/** One step: the token each row got (the pad token for finished rows). */
export interface GenerationStep {
  readonly tokens: readonly number[];
  /** Rows whose text is finished after this step: by an eos, a stop string or a criterion of the caller's own. */
  readonly finished: readonly boolean[];
  /** Name of the criterion that ended each row, `maxLength` and `maxTime` included; null = the row goes on. */
  readonly endedBy: readonly (string | null)[];
}

/** Greedy decoding and sampling, one token per row and step, until a criterion has ended every row. */
export async function* tokenSteps(run: Run): AsyncGenerator<GenerationStep> {
  const { settings, state, pacer, recorder } = run;
  // Whoever looks at every row's scores gets those of finished rows too, as in transformers.
  const seesAll = settings.outputLogits || settings.outputScores || settings.logitsProcessors.length > 0;
  let ended: readonly (string | null)[] = state.rows.map(() => null);
  while (ended.includes(null)) {
    const scores = await run.next(seesAll ? undefined : ended.map((name) => name === null));
    recorder.addLogits(scores);
    scores.forEach((row, index) => ended[index] === null && run.checkLogits(row, index));
    await run.process(scores);
    const tokens: number[] = [];
    for (const [index, row] of scores.entries()) {
      tokens.push(ended[index] === null ? run.choose(row, index) : (settings.padTokenId ?? 0));
      await pacer.pause();
    }
    state.append(tokens);
    const now = run.endedBy();
    ended = ended.map((name, row) => name ?? now[row] ?? null);
    yield { tokens, finished: ended.map(isFinished), endedBy: ended };
    await pacer.pause();
  }
}
