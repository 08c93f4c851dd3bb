import type { StepInputs } from "@helium-lm/nn";
import type { EngineStats } from "./engine-options.ts";

/** What an engine has done so far. */
export class EngineCounters {
  reusedTokens = 0;
  forcedTokens = 0;
  preemptions = 0;
  #passes = 0;
  #replayed = 0;
  #reason: string | null = null;
  #computedTokens = 0;
  #draftedTokens = 0;
  #acceptedTokens = 0;

  get counts(): Omit<EngineStats, "running" | "waiting" | "pages"> {
    return {
      passes: this.#passes,
      replay: { replayed: this.#replayed, reason: this.#reason },
      computedTokens: this.#computedTokens,
      reusedTokens: this.reusedTokens,
      draftedTokens: this.#draftedTokens,
      acceptedTokens: this.#acceptedTokens,
      forcedTokens: this.forcedTokens,
      preemptions: this.preemptions,
    };
  }

  countPass({ size, work }: StepInputs): void {
    this.#passes++;
    this.#computedTokens += size.tokens;
    if (work.isReplayed) this.#replayed++;
    this.#reason = work.reason;
  }

  countDraft(drafted: number, accepted: number): void {
    this.#draftedTokens += drafted;
    this.#acceptedTokens += accepted;
  }
}
