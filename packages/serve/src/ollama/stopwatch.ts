import type { Usage } from "../generation/completion.ts";

/** What Ollama tells of the time that an answer took, in nanoseconds, and of its tokens. */
export interface Totals {
  readonly total_duration: number;
  readonly load_duration: number;
  readonly prompt_eval_count: number;
  readonly prompt_eval_duration: number;
  readonly eval_count: number;
  readonly eval_duration: number;
}

/** Takes the times of an answer, in ms since the request came. */
export class Stopwatch {
  readonly #now: () => number;
  #loaded: number | null = null;
  #begun: number | null = null;
  #first: number | null = null;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The model is in memory. */
  loaded(): void {
    this.#loaded ??= this.#now();
  }

  /** The prompt goes to the engine. */
  begun(): void {
    this.#begun ??= this.#now();
  }

  /** The first piece of the answer is there. */
  first(): void {
    this.#first ??= this.#now();
  }

  totals({ promptTokens, completionTokens }: Pick<Usage, "promptTokens" | "completionTokens">): Totals {
    const now = this.#now();
    const begun = this.#begun ?? now;
    const first = this.#first ?? now;
    return {
      total_duration: nanoseconds(now),
      load_duration: nanoseconds(this.#loaded ?? now),
      prompt_eval_count: promptTokens,
      prompt_eval_duration: nanoseconds(first - begun),
      eval_count: completionTokens,
      eval_duration: nanoseconds(now - first),
    };
  }
}

const nanoseconds = (ms: number): number => Math.round(ms * 1e6);
