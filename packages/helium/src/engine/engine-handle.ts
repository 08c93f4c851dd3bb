import { CancelledError } from "../errors.ts";
import type { EngineResult, EngineToken, RequestStats } from "./request.ts";

/** Where whoever computes a request tells of it. What comes after `end` or `fail` is not heard. */
export interface HandleSink {
  token(token: EngineToken, stats: RequestStats): void;
  end(result: EngineResult): void;
  fail(error: unknown): void;
}

/** Starts a request. @returns how to ask for its end; the sink is told of it when it has come */
export type HandleStart = (sink: HandleSink) => (reason: unknown) => void;

/** What a request has cost before anything was done. */
export const noStats: RequestStats = {
  promptTokens: 0,
  reusedTokens: 0,
  computedTokens: 0,
  newTokens: 0,
  forcedTokens: 0,
  preemptions: 0,
  finishReason: null,
  firstTokenMs: null,
  totalMs: 0,
};

/**
 * A request under way. Its tokens are read with `for await`, as they come; the request does not wait for the reader, who
 * finds what came meanwhile. Every loop over it begins with the first token. Leaving one early cancels the request.
 *
 * What ends the request early (a bad option, a processor that throws, `cancel`, the engine's `dispose`) rejects `result`
 * and is thrown by the loops. Nobody needs to look at both.
 *
 * @example
 * const handle = engine.submit({ inputIds: tokenizer.encode("Once upon a time"), maxNewTokens: 64 });
 * for await (const { id } of handle) process.stdout.write(tokenizer.decode([id]));
 * const { finishReason, stats } = await handle.result;
 */
export class EngineHandle implements AsyncIterable<EngineToken> {
  readonly result: Promise<EngineResult>;
  readonly #tokens: EngineToken[] = [];
  readonly #cancel: (reason: unknown) => void;
  #stats = noStats;
  #isSettled = false;
  /** Loops that wait for a token. */
  #waiting: (() => void)[] = [];

  constructor(start: HandleStart) {
    let resolve: (result: EngineResult) => void = () => undefined;
    let reject: (error: unknown) => void = () => undefined;
    this.result = new Promise<EngineResult>((resolved, rejected) => {
      resolve = resolved;
      reject = rejected;
    });
    // Who reads the tokens hears of a failure there.
    this.result.catch(() => undefined);
    this.#cancel = start({
      token: (token, stats) => {
        if (this.#isSettled) return;
        this.#tokens.push(token);
        this.#stats = stats;
        this.#wake();
      },
      end: (result) => {
        if (this.#isSettled) return;
        this.#stats = result.stats;
        this.#settle(() => resolve(result));
      },
      fail: (error) => {
        if (!this.#isSettled) this.#settle(() => reject(error));
      },
    });
  }

  /** What it has cost up to the last token. */
  get stats(): RequestStats {
    return this.#stats;
  }

  /** Its end has come, one way or another. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /**
   * Ends the request before the next pass; `result` rejects with the reason, by default a CancelledError with the number of
   * tokens that had come. After the end it does nothing.
   */
  cancel(reason?: unknown): void {
    if (this.#isSettled) return;
    const newTokens = this.#tokens.length;
    this.#cancel(reason ?? new CancelledError("request", `was cancelled after ${newTokens} tokens`, { newTokens }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EngineToken, void, undefined> {
    let isLeft = true;
    try {
      for (let index = 0; ;) {
        const token = this.#tokens[index];
        if (token) {
          index++;
          yield token;
        } else if (this.#isSettled) {
          isLeft = false;
          await this.result;
          return;
        } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      if (isLeft) this.cancel();
    }
  }

  #settle(tell: () => void): void {
    this.#isSettled = true;
    tell();
    this.#wake();
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
