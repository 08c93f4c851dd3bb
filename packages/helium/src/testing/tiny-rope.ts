import fc from "fast-check";
import type { RopeType } from "@helium-lm/nn";
import type { FamilyDefinition, JsonObject } from "../config/index.ts";

/** Longer than any sequence the suite makes, shorter than the drawn `max_position_embeddings`. */
const LONG_CONTEXT = 100;
/** Shorter than most. */
const SHORT_CONTEXT = 5;

const factor = fc.constantFrom(1.5, 2, 4, 8.25);
const optional = (values: fc.Arbitrary<number | boolean>): fc.Arbitrary<number | boolean | undefined> =>
  fc.option(values, { nil: undefined });

/** Further keys of each type, for `pairs` rotated pairs. */
const keysOf = (pairs: number, context: number): { readonly [T in RopeType]: fc.Arbitrary<object> } => {
  const factors = fc.array(fc.constantFrom(1, 1.25, 2, 3.5), { minLength: pairs, maxLength: pairs });
  return {
    default: fc.constant({}),
    linear: fc.record({ factor }),
    dynamic: fc.record({ factor }),
    llama3: fc.record({
      factor,
      low_freq_factor: fc.constantFrom(1, 1.5),
      high_freq_factor: fc.constantFrom(4, 6.5),
      original_max_position_embeddings: fc.constantFrom(8, 32),
    }),
    yarn: fc.record({
      factor: fc.option(factor),
      original_max_position_embeddings: fc.constantFrom(8, 32),
      attention_factor: optional(fc.constantFrom(0.75, 1.25)),
      beta_fast: optional(fc.constant(16)),
      mscale: optional(fc.constantFrom(0.7, 1)),
      mscale_all_dim: optional(fc.constantFrom(0.8, 1)),
      truncate: optional(fc.boolean()),
    }),
    longrope: fc.record({
      short_factor: factors,
      long_factor: factors,
      original_max_position_embeddings: fc.constant(context),
      factor: optional(factor),
      attention_factor: optional(fc.constantFrom(0.75, 1.25)),
    }),
  };
};

interface RotarySizes {
  readonly rotaryDim: number;
  readonly partial: number | undefined;
  readonly steadyAngles: boolean;
}

/** The rotary keys of a tiny config, for every type the family admits. */
export function tinyRope(
  { rope, fields }: FamilyDefinition,
  { rotaryDim, partial, steadyAngles }: RotarySizes,
): fc.Arbitrary<JsonObject> {
  const contexts = steadyAngles ? fc.constant(LONG_CONTEXT) : fc.constantFrom(SHORT_CONTEXT, LONG_CONTEXT);
  return contexts.chain((context) => {
    const keys = keysOf(rotaryDim / 2, context);
    const types = rope.types ?? (Object.keys(keys) as RopeType[]);
    const section = (admitted: readonly RopeType[]): fc.Arbitrary<JsonObject> =>
      fc.constantFrom(...admitted).chain((type) =>
        fc.record({ own: keys[type], theta: fc.constantFrom(50, 10_000, 500_000) }).map(({ own, theta }) => ({
          rope_type: type,
          rope_theta: theta,
          ...(partial === undefined ? {} : { partial_rotary_factor: partial }),
          ...own,
        })),
      );
    const parameters =
      rope.byLayerType === undefined
        ? section(types)
        : fc.record(mapValues(rope.byLayerType, ({ scaled }) => section(scaled === false ? ["default"] : types)));
    // Where the family has the context at the top level too, that one counts.
    const topLevel: JsonObject =
      "original_max_position_embeddings" in fields ? { original_max_position_embeddings: context } : {};
    return parameters.map((rope_parameters): JsonObject => ({ rope_parameters, ...topLevel }));
  });
}

const mapValues = <K extends string, T, U>(record: Readonly<Record<K, T>>, fn: (value: T) => U): Record<K, U> =>
  Object.fromEntries(Object.entries<T>(record).map(([key, value]) => [key, fn(value)])) as Record<K, U>;
