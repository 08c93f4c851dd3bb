import type { Engine, ModelForCausalLM } from "@helium-lm/helium";
import { queuedText, textTogether } from "../../model-files/batch-texts.ts";

export interface BatchTime {
  readonly seconds: number;
  readonly tokens: number;
}

export interface BatchRunner {
  /** `rows` texts of different lengths around `around`, read untimed: the time of `steps` greedy tokens of each. */
  together(rows: number, around: number, steps: number): Promise<BatchTime>;
  /** `count` texts, `rows` at a time: when one ends the next joins. All tokens until none is left to join. */
  queue(rows: number, count: number): Promise<BatchTime>;
}

/** Tokens of a pass: a text that joins is read in one or two, as the peer does. */
const BUDGET = 64;

/** Batches of our engine, through the public API. */
export function batchRunner(model: ModelForCausalLM, vocab: number): BatchRunner {
  const newEngine = (): Engine => model.engine({ budget: BUDGET, keepPrefixes: false });
  return {
    together: async (rows, around, steps) => {
      using engine = newEngine();
      const started = new Barrier(rows);
      await Promise.all(
        Array.from({ length: rows }, async (_, row) => {
          const inputIds = [[...textTogether(row, rows, around, vocab)]];
          const given = { generationConfig: {}, inputIds, maxNewTokens: steps + 1, engine };
          let isFirst = true;
          for await (const _ of model.stream(given)) {
            if (isFirst) await started.reach();
            isFirst = false;
          }
        }),
      );
      return { seconds: (performance.now() - started.time) / 1000, tokens: rows * steps };
    },
    queue: async (rows, count) => {
      using engine = newEngine();
      const stop = new AbortController();
      let joined = 0;
      let result: BatchTime | null = null;
      const start = performance.now();
      const place = async (): Promise<void> => {
        while (joined < count) {
          const { inputIds, newTokens } = queuedText(joined++, vocab);
          const given = { generationConfig: {}, inputIds: [[...inputIds]], maxNewTokens: newTokens, engine };
          for await (const _ of model.stream({ ...given, signal: stop.signal }));
        }
        result ??= { seconds: (performance.now() - start) / 1000, tokens: engine.stats.computedTokens };
        stop.abort(ended);
      };
      for (const { status, ...end } of await Promise.allSettled(Array.from({ length: rows }, place)))
        if (status === "rejected" && "reason" in end && end.reason !== ended) throw end.reason;
      return result ?? { seconds: NaN, tokens: 0 };
    },
  };
}

const ended = new Error("the queue is empty");

/** Lets nobody go on before all are there. */
class Barrier {
  /** When all were there. */
  time = NaN;
  #missing: number;
  #open: () => void = () => {};
  readonly #all: Promise<void>;

  constructor(count: number) {
    this.#missing = count;
    this.#all = new Promise((resolve) => (this.#open = resolve));
  }

  reach(): Promise<void> {
    if (--this.#missing === 0) {
      this.time = performance.now();
      this.#open();
    }
    return this.#all;
  }
}
