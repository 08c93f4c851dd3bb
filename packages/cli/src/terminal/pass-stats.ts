import type { ModelForCausalLM } from "@helium-lm/helium";
import { formatCount, formatNumber } from "./quantities.ts";

/** How the forward passes behind the first token were computed. */
export interface PassReport {
  readonly passes: number;
  /** Passes that were a replay of one before. */
  readonly replayed: number;
  /** Why the last one was not; null where it was. */
  readonly replayReason: string | null;
  /** Seconds inside kernels and outside of them; null on a backend that does not count them. */
  readonly kernelSeconds: number | null;
  readonly otherSeconds: number | null;
  /** Tokens that a draft model or lookup tried, and those of them that stayed. */
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  /** New tokens that a grammar left no choice of: they took no pass of their own. */
  readonly forcedTokens: number;
}

interface Moment {
  readonly clock: number;
  readonly kernelMs: number | null;
  readonly passes: number;
  readonly replayed: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
  readonly forcedTokens: number;
}

/** Measures the passes of a model's own engine from `start` on. */
export class PassStats {
  readonly #model: ModelForCausalLM;
  #begin: Moment;

  constructor(model: ModelForCausalLM) {
    this.#model = model;
    this.#begin = now(model);
  }

  start(): void {
    this.#begin = now(this.#model);
  }

  end(): PassReport {
    const [before, after] = [this.#begin, now(this.#model)];
    const kernelSeconds =
      before.kernelMs === null || after.kernelMs === null ? null : (after.kernelMs - before.kernelMs) / 1000;
    return {
      passes: after.passes - before.passes,
      replayed: after.replayed - before.replayed,
      replayReason: this.#model.ownEngine.stats.replay.reason,
      draftedTokens: after.draftedTokens - before.draftedTokens,
      acceptedTokens: after.acceptedTokens - before.acceptedTokens,
      forcedTokens: after.forcedTokens - before.forcedTokens,
      kernelSeconds,
      otherSeconds: kernelSeconds === null ? null : (after.clock - before.clock) / 1000 - kernelSeconds,
    };
  }
}

function now({ backend, ownEngine }: ModelForCausalLM): Moment {
  const { passes, replay, draftedTokens, acceptedTokens, forcedTokens } = ownEngine.stats;
  const { kernelMs } = backend.info();
  return {
    clock: performance.now(),
    kernelMs: typeof kernelMs === "number" ? kernelMs : null,
    passes,
    replayed: replay.replayed,
    draftedTokens,
    acceptedTokens,
    forcedTokens,
  };
}

/** One line for the terminal. */
export function statsText(report: PassReport): string {
  const { passes, replayed, replayReason, kernelSeconds, otherSeconds, forcedTokens } = report;
  const { draftedTokens, acceptedTokens } = report;
  const parts = [`behind the first token: ${formatCount(replayed)} of ${formatCount(passes)} passes replayed`];
  if (replayReason !== null) parts.push(`the last was not: ${replayReason}`);
  if (draftedTokens > 0)
    parts.push(`${formatCount(acceptedTokens)} of ${formatCount(draftedTokens)} tokens tried ahead were right`);
  if (forcedTokens > 0) parts.push(`${formatCount(forcedTokens)} tokens without a choice, which took no pass`);
  if (kernelSeconds !== null && otherSeconds !== null) {
    const share = (100 * otherSeconds) / Math.max(kernelSeconds + otherSeconds, Number.MIN_VALUE);
    parts.push(
      `${formatNumber(kernelSeconds)} s in kernels, ${formatNumber(otherSeconds)} s outside (${formatNumber(share)} %)`,
    );
  }
  return parts.join(" · ");
}
