import type { GenerateOptions } from "@helium-lm/helium";
import { decimal, flag, integer, type OptionTable, type OptionValues, UsageError } from "./option-table.ts";

/** How `generate` picks tokens. */
export const samplingOptions = {
  greedy: flag("take the likeliest token each time; the default unless the model's own settings say otherwise"),
  sample: flag("draw each token by its probability"),
  temperature: decimal(
    "t",
    { expected: "a number ≥ 0", accepts: (t) => t >= 0 && t < Infinity },
    "above 1 is bolder, below 1 safer, 0 means --greedy; implies --sample",
  ),
  topK: integer("k", 0, "draw from the k likeliest tokens, 0 from all; implies --sample"),
  topP: decimal(
    "p",
    { expected: "a number from 0 to 1", accepts: (p) => p >= 0 && p <= 1 },
    "draw from the likeliest tokens that make up p; implies --sample",
  ),
  seed: integer("n", 0, "the same seed draws the same text; implies --sample"),
} as const satisfies OptionTable;

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
      "--greedy draws nothing; leave it out, or --sample, --temperature, --top-k, --top-p and --seed",
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
