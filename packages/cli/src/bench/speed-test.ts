/** One row of the table: reading a prompt (pp) or writing tokens (tg), by as many texts at a time, behind a context. */
export interface SpeedTest {
  readonly kind: "prefill" | "decode";
  /** Tokens of each text that are timed. */
  readonly tokens: number;
  /** Tokens of each text that are there before. */
  readonly depth: number;
  /** Texts at a time. */
  readonly batch: number;
}

export interface SpeedSettings {
  readonly prompts: readonly number[];
  readonly generations: readonly number[];
  readonly depths: readonly number[];
  readonly batches: readonly number[];
}

/** All tests of the settings, those of one batch and depth together; a length of 0 is no test. */
export function speedTests({ prompts, generations, depths, batches }: SpeedSettings): readonly SpeedTest[] {
  const lengths = [
    ...prompts.map((tokens) => ({ kind: "prefill" as const, tokens })),
    ...generations.map((tokens) => ({ kind: "decode" as const, tokens })),
  ].filter(({ tokens }) => tokens > 0);
  return batches.flatMap((batch) => depths.flatMap((depth) => lengths.map((length) => ({ ...length, depth, batch }))));
}

/** The name of llama-bench: `pp512`, `tg128 @ d4096`. */
export function testName({ kind, tokens, depth }: SpeedTest): string {
  return `${kind === "prefill" ? "pp" : "tg"}${tokens}${depth > 0 ? ` @ d${depth}` : ""}`;
}

/** Tokens that each text has in the end. */
export const testLength = ({ kind, tokens, depth }: SpeedTest): number =>
  // The first new token needs one to follow.
  depth + tokens + (kind === "decode" ? 1 : 0);
