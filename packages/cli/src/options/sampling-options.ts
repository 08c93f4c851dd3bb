import type { GenerateOptions } from "@helium-lm/helium";
import {
  inGroup,
  decimal,
  flag,
  integer,
  type OptionTable,
  type OptionValues,
  UsageError,
  exclusive,
} from "./option-table.ts";

/** How `generate` picks tokens. */
export const samplingOptions = inGroup(
  "Sampling",
  exclusive([["greedy"], ["sample", "temperature", "topK", "topP", "seed"]], {
    greedy: flag("always pick the most likely token; the default, unless the model's own settings differ"),
    sample: flag("draw each token at random, by its probability"),
    temperature: decimal(
      "t",
      { expected: "a number ≥ 0", accepts: (t) => t >= 0 && t < Infinity },
      "above 1 is more creative, below 1 more predictable, 0 is --greedy; implies --sample",
    ),
    topK: integer("k", 0, "draw from the k most likely tokens, 0 for all; implies --sample"),
    topP: decimal(
      "p",
      { expected: "a number from 0 to 1", accepts: (p) => p >= 0 && p <= 1 },
      "draw from the most likely tokens with total probability p; implies --sample",
    ),
    seed: integer("n", 0, "the same seed gives the same text; implies --sample"),
  } as const satisfies OptionTable),
);

export interface Sampling extends Pick<GenerateOptions, "doSample" | "temperature" | "topK" | "topP"> {
  readonly seed: number;
}

/**
 * Sampling where any of its options is given, greedy for `--greedy` and temperature 0, else as the model's settings say.
 * The seed is chosen here so that it can be reported.
 *
 * @throws UsageError for `--greedy` together with sampling
 */
export function samplingOf(
  subject: string,
  { greedy, sample, temperature, topK, topP, seed }: OptionValues<typeof samplingOptions>,
): Sampling {
  const isSampled = sample || [temperature, topK, topP, seed].some((value) => value !== undefined);
  if (greedy && isSampled)
    throw new UsageError(
      subject,
      "--greedy does not sample; leave it out, or leave out --sample, --temperature, --top-k, --top-p and --seed",
    );
  const chosen = seed ?? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  if (greedy || temperature === 0) return { doSample: false, seed: chosen };
  return {
    ...(isSampled && { doSample: true }),
    ...(temperature !== undefined && { temperature }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    seed: chosen,
  };
}
