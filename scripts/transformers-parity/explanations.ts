import type { Comparison } from "./compare-model.ts";
import type { ReferenceModel } from "./reference-cases.ts";

/** A known difference from transformers: when it is this one, and why it stays. */
interface Explanation {
  readonly matches: (comparison: Comparison, model: ReferenceModel) => boolean;
  readonly text: string;
}

/** A step of float32 over one of bfloat16. */
const F32_STEP_IN_BF16 = 2 ** -16;

const bf16Noise = (variants: ReferenceModel["variants"], name: string): number =>
  variants.find(({ dtype, variant }) => dtype === "bf16" && variant === name)?.noise.bf16 ?? 0;

/** Every known difference by the name that docs/parity.md gives it. */
const table = {
  "window-of-one": {
    matches: ({ variant, error }, { config }) => error === null && variant === "cached" && config.sliding_window === 1,
    text:
      "`sliding_window: 1` with a cache. transformers keeps `keys[:, :, -sliding_window + 1:]` of what came before, which " +
      "for 1 is `keys[:, :, 0:]`: every earlier key. Its cached pass then differs from its own pass over the whole text " +
      "(by 2.8 on logits up to 1.8 in a Mistral of two layers); ours is the same with and without a cache.",
  },
  "odd-rotation": {
    matches: ({ error }) =>
      error?.includes("partial_rotary_factor: must be one factor that leaves an even number") === true,
    text:
      "A `partial_rotary_factor` that leaves an odd number of dimensions (0.5 of 6) is refused with a `ConfigError`. " +
      "transformers rounds up and rotates 4 of the 6 by frequencies meant for 3; no published checkpoint does so.",
  },
  "longrope-lists": {
    matches: ({ error }) => error?.includes("_factor: must be a list of half the rotated dimensions") === true,
    text:
      "A `longrope` list that is not half as long as the rotated dimensions is refused with a `ConfigError`. transformers " +
      "takes one where a single pair is rotated: the one frequency is broadcast over the list, and more dimensions are " +
      "rotated than the config says.",
  },
  "nested-truncate": {
    matches: ({ error }, { config }) =>
      error === null && config.model_type === "gemma3_text" && JSON.stringify(config).includes('"truncate":false'),
    text:
      "`truncate: false` of a `yarn` set that belongs to one layer type (Gemma 3). transformers looks for it beside the sets " +
      "instead of in the set, finds none and truncates; here it counts (up to 0.015 off on logits up to 2.8).",
  },
  cancellation: {
    matches: ({ difference, mode, variant }, { variants }) =>
      mode !== "bf16" && difference !== null && difference <= 8 * F32_STEP_IN_BF16 * bf16Noise(variants, variant),
    text:
      "A state whose summands nearly cancel makes every rounding count for more: there transformers' own bfloat16 is far off, " +
      "and its float32 is by luck nearer than its bits allow. Counted as this where the difference is at most 8 × 2⁻¹⁶ × the " +
      "noise of bfloat16, which has 16 bits less. wasm alone comes to this: it sums in another order, and its float32 is up " +
      "to 7 times as far off as cpu's at such a place.",
  },
} as const satisfies Readonly<Record<string, Explanation>>;

export type ExplanationKey = keyof typeof table;

export const explanations: Readonly<Record<ExplanationKey, Explanation>> = table;

/** The known difference that a mismatch is, or null. */
export function explain(comparison: Comparison, model: ReferenceModel): ExplanationKey | null {
  const keys = Object.keys(explanations) as ExplanationKey[];
  return keys.find((key) => explanations[key].matches(comparison, model)) ?? null;
}
