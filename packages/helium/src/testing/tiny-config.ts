import fc from "fast-check";
import {
  activationNames,
  type FamilyDefinition,
  type FieldDeclaration,
  type FieldDefault,
  type JsonObject,
  type JsonValue,
} from "../config/index.ts";
import { baseKind, isNullable } from "../config/check-field.ts";
import { kindOf, type FieldKind, type Kind } from "../config/fields.ts";
import { isJsonObject } from "../config/json-value.ts";
import { familyOf } from "../families/index.ts";
import { tinyRope } from "./tiny-rope.ts";

export interface TinyConfigOptions {
  /** Only configs whose attention is causal, as a cache needs it; default false. */
  readonly causal?: boolean;
  /** Rotary angles do not change while a sequence grows to 100 positions; default true. */
  readonly steadyAngles?: boolean;
  /** Values to draw from for a key, in place of what is made up for its kind. */
  readonly values?: Readonly<Record<string, readonly JsonValue[]>>;
}

/** Largest number of layers drawn; lists per layer are drawn this long and cut. */
const MAX_LAYERS = 4;
const VOCABULARY = { min: 11, max: 40 };

/**
 * Random tiny configs of a family, as config.json objects: every key it declares takes values of its kind, or is left
 * out or null where the family has a default, and every rotary type it admits comes up. Sizes are small and mostly odd,
 * head counts and head sizes vary, and hidden size and heads × head size differ where the family allows that.
 *
 * @param modelType `model_type` of a registered family
 * @throws ConfigError for an unknown model type
 */
export function tinyConfigs(modelType: string, options: TinyConfigOptions = {}): fc.Arbitrary<JsonObject> {
  const family = familyOf(modelType, "tinyConfigs");
  const parts = fc.record({
    sizes: sizes(family),
    fields: fields(family, options),
    labels: fc.integer({ min: 1, max: 4 }),
  });
  return parts.chain(({ sizes: { keys, rotaryDim, partial }, fields: drawn, labels }) =>
    tinyRope(family, { rotaryDim, partial, steadyAngles: options.steadyAngles ?? true }).map((rope) => ({
      model_type: modelType,
      num_labels: labels,
      ...Object.fromEntries(drawn.map(({ key, kind, value }) => [key, fitted(kind, value, keys)] as const)),
      ...keys,
      ...rope,
    })),
  );
}

interface SizeKeys {
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly vocab_size: number;
  readonly max_position_embeddings: number;
}

interface Sizes {
  readonly keys: SizeKeys;
  readonly rotaryDim: number;
  readonly partial: number | undefined;
}

function sizes({ rope, traits }: FamilyDefinition): fc.Arbitrary<Sizes> {
  const draws = fc.record({
    layers: fc.integer({ min: 1, max: MAX_LAYERS }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 3 }),
    pairs: fc.integer({ min: 2, max: rope.partial === undefined ? 6 : 4 }),
    partial: fc.constantFrom(1, 0.5, 0.25),
    hidden: fc.option(fc.integer({ min: 5, max: 23 }), { nil: undefined }),
    intermediate: fc.integer({ min: 1, max: 21 }),
    vocabulary: fc.integer(VOCABULARY),
  });
  return draws.map(({ layers, kvHeads, group, pairs, partial, hidden, intermediate, vocabulary }) => {
    const part = rope.partial === undefined ? 1 : partial;
    const headDim = (2 * pairs) / part;
    const heads = kvHeads * group;
    // A family with a square o_proj ties the two widths; elsewhere head_dim may be left to its derivation.
    const width = hidden === undefined || traits.oProjIn !== undefined ? heads * headDim : hidden;
    return {
      keys: {
        num_hidden_layers: layers,
        num_attention_heads: heads,
        num_key_value_heads: kvHeads,
        head_dim: headDim,
        hidden_size: width,
        intermediate_size: intermediate,
        vocab_size: vocabulary,
        max_position_embeddings: 128,
      },
      rotaryDim: 2 * pairs,
      partial: rope.partial === undefined ? undefined : part,
    };
  });
}

/** Keys that the sizes and the rotary parameters settle. */
const settled: ReadonlySet<string> = new Set([
  ...["vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "max_position_embeddings"],
  ...["num_attention_heads", "num_key_value_heads", "head_dim", "original_max_position_embeddings"],
]);

interface DrawnField {
  readonly key: string;
  readonly kind: Kind | undefined;
  /** Undefined leaves the key out. */
  readonly value: JsonValue | undefined;
}

function fields(family: FamilyDefinition, { causal, values }: TinyConfigOptions): fc.Arbitrary<DrawnField[]> {
  const bidirectional = causal ? family.traits.bidirectional?.key : undefined;
  const declared = Object.entries<FieldDefault>({ ...family.fields }).filter(([key]) => !settled.has(key));
  const draws = declared.map(([key, field]) => {
    const declaration: FieldDeclaration = isDeclaration(field) ? field : { absent: field };
    const kind = declaration.kind ?? kindOf(key);
    const given = key === bidirectional ? [false] : (values?.[key] ?? declaration.oneOf);
    const drawn = given ? fc.constantFrom(...given) : madeUp(key, kind, declaration);
    return drawn.map((value) => ({ key, kind: kind && baseKind(kind), value }));
  });
  return fc.tuple(...draws);
}

const isDeclaration = (field: FieldDefault): field is FieldDeclaration => isJsonObject(field);

function madeUp(
  key: string,
  kind: FieldKind | undefined,
  { absent, from }: FieldDeclaration,
): fc.Arbitrary<JsonValue | undefined> {
  const draw = kind && (specialKeys[key] ?? byKind[baseKind(kind)]);
  if (!draw) return fc.constant(undefined);
  const nullable = isNullable(kind) || absent === null || from !== undefined;
  const others: readonly (null | undefined)[] = [
    ...(nullable ? [null] : []),
    ...(from === undefined ? [] : [undefined]),
  ];
  return fc.oneof({ weight: 3, arbitrary: draw }, ...others.map((value) => fc.constant(value)));
}

const exact = (min: number, max: number, steps: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: steps }).map((step) => min + ((max - min) * step) / steps);

/** Made-up values for each kind; kinds without an entry are left to the family's default. */
const byKind: { readonly [K in Kind]?: fc.Arbitrary<JsonValue> } = {
  count: fc.integer({ min: 1, max: 6 }),
  natural: fc.integer({ min: 0, max: MAX_LAYERS }),
  positive: exact(0.5, 8, 15),
  number: exact(0.25, 2, 7),
  flag: fc.boolean(),
  activation: fc.constantFrom(...activationNames),
  token: fc.nat(VOCABULARY.max),
  tokens: fc.oneof(fc.nat(VOCABULARY.max), fc.array(fc.nat(VOCABULARY.max), { minLength: 1, maxLength: 3 })),
  layerTypes: fc.array(fc.constantFrom("full_attention", "sliding_attention"), {
    minLength: MAX_LAYERS,
    maxLength: MAX_LAYERS,
  }),
  layerFlags: fc.array(fc.constantFrom(0, 1), { minLength: MAX_LAYERS, maxLength: MAX_LAYERS }),
};

/** Keys whose kind says too little about them. */
const specialKeys: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  rms_norm_eps: fc.constantFrom(1e-8, 1e-6, 1e-5),
  layer_norm_eps: fc.constantFrom(1e-6, 1e-5),
  query_pre_attn_scalar: fc.integer({ min: 1, max: 64 }),
  initializer_range: fc.constant(0.02),
};

/** Cuts lists per layer to the number of layers and brings token ids into the vocabulary. */
function fitted(kind: Kind | undefined, value: JsonValue | undefined, sizes: SizeKeys): JsonValue | undefined {
  const isLayerList = kind === "layerTypes" || kind === "layerFlags";
  if (isLayerList && Array.isArray(value)) return (value as readonly JsonValue[]).slice(0, sizes.num_hidden_layers);
  const inVocabulary = (id: JsonValue): JsonValue => (typeof id === "number" ? id % sizes.vocab_size : id);
  if (kind !== "token" && kind !== "tokens") return value;
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(inVocabulary) : value && inVocabulary(value);
}
