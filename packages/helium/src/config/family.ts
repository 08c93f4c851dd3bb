import type { NormWeightMode, RopePairing } from "@helium-lm/tensor";
import type { RopeType } from "@helium-lm/nn";
import type { FieldKind, FieldValues, LayerType } from "./fields.ts";
import type { JsonValue } from "./json-value.ts";
import type { NormNames, WeightNames } from "./traits.ts";

/**
 * The value of a key, by its JSON spelling. It is data, and no `(config) => value` as a field's default: docs/families.md, the
 * messages of errors and the configs that `describeFamily` draws name the keys that traits are read from.
 */
export interface KeyRef {
  readonly key: string;
}

/**
 * Makes a value where the file gives none, or null. It sees the values that the file or a default gives, and of the derived
 * ones those of the fields above.
 *
 * @param file named by an error
 */
export type Derivation = (config: FieldValues, file: string) => JsonValue;

/** A default that is more than a value. */
export interface FieldDeclaration {
  /** Used where the key is absent; without it `from` is used there too. */
  readonly absent?: JsonValue;
  /** Used where the value is null; without it null is an error unless the key's kind admits it. */
  readonly from?: Derivation;
  /** The value counts only while this flag is true; else it is null. */
  readonly onlyIf?: string;
  /** Spellings that mean another value. */
  readonly readAs?: Readonly<Record<string, JsonValue>>;
  /** The only values that are supported. */
  readonly oneOf?: readonly JsonValue[];
  /** False: written only if the file had it. */
  readonly stored?: boolean;
  /** The kind of a key this project does not know, for families added at run time. */
  readonly kind?: FieldKind;
}

export type FieldDefault = null | boolean | number | string | readonly JsonValue[] | FieldDeclaration;

export interface RopeSectionDeclaration {
  readonly theta: number;
  /** The old top-level key of theta; default `rope_theta`. */
  readonly oldThetaKey?: string;
  /** False: `rope_scaling` does not apply here. */
  readonly scaled?: boolean;
}

export interface RopeDeclaration extends RopeSectionDeclaration {
  /** Default part of a head that is rotated; absent: the family rotates whole heads and knows no such key. */
  readonly partial?: number;
  /** Types the family admits; default all. */
  readonly types?: readonly RopeType[];
  /** `generate` computes the cache again once a row grows beyond the short `longrope` table; else it keeps those keys. */
  readonly restartsCache?: boolean;
  /** Further spellings of types. */
  readonly typeAliases?: Readonly<Record<string, RopeType>>;
  /** Sets of rotary parameters per layer type. */
  readonly byLayerType?: Readonly<Record<LayerType, RopeSectionDeclaration>>;
}

export type FlagSource = boolean | KeyRef;
export type NumberSource = number | KeyRef;
export type ScaleSource = NumberSource | { readonly inverseSqrtOf: string };
export type CapSource = null | KeyRef;

export type NormDeclaration =
  | { readonly kind: "rms"; readonly weightMode: NormWeightMode; readonly eps: NumberSource }
  | { readonly kind: "layer"; readonly eps: NumberSource };

/** The traits of a family's decoder block: values, or the config keys that hold them. What is left out is as in Llama. */
export interface TraitDeclarations {
  readonly ropePairing: RopePairing;
  readonly norm: NormDeclaration;
  /** Default: pre-norms, `input_layernorm` and `post_attention_layernorm`. */
  readonly norms?: NormNames;
  readonly block?: "sequential" | "parallel";
  /** Default none. */
  readonly qkNorm?: { readonly kind: "perHead" | "eachHead" | "fullWidth"; readonly onlyIf?: string };
  readonly qkvBias?: FlagSource;
  readonly oBias?: FlagSource;
  readonly mlpBias?: FlagSource;
  readonly fusedQkv?: boolean;
  readonly fusedGateUp?: boolean;
  /** Default `hidden_act`. */
  readonly activation?: KeyRef;
  /** Default `head_dim`^−½. */
  readonly attnScale?: ScaleSource;
  readonly attnSoftcap?: CapSource;
  readonly finalSoftcap?: CapSource;
  /** Default none. `layers`: "all", or the sliding ones of `layer_types`. */
  readonly window?: KeyRef & { readonly layers: "all" | "sliding" };
  /** True drops causality and turns a window w into ⌊w/2⌋ + 1 on both sides; with `window: "whole"` it stays w. */
  readonly bidirectional?: KeyRef & { readonly window?: "whole" };
  /** Flag per layer, 1 = rotate; default all. */
  readonly useRope?: KeyRef;
  /** `sqrtOf`: rounded to the compute dtype before use. */
  readonly embedScale?: NumberSource | { readonly sqrtOf: string };
  readonly residualScale?: NumberSource;
  readonly logitScale?: NumberSource;
  readonly logitDivisor?: NumberSource;
  /** Input width of `o_proj`; default heads × head_dim. Anything else must equal it. */
  readonly oProjIn?: KeyRef;
}

/** A model family: how its config is read, and the traits of its decoder block. */
export interface FamilyDefinition {
  /** The config's `model_type`. */
  readonly modelType: string;
  /** `Llama` in `LlamaForCausalLM`. */
  readonly classPrefix: string;
  /** The prefix of `…ForCausalLM`, where it is another one. */
  readonly causalLMPrefix?: string;
  /** Further prefixes found in `architectures`. */
  readonly classAliases?: readonly string[];
  /** Keys of the family with their defaults; written on save. */
  readonly fields: Readonly<Record<string, FieldDefault>>;
  readonly rope: RopeDeclaration;
  readonly traits: TraitDeclarations;
  /** Weight names that differ from the usual ones. */
  readonly weightNames?: Partial<WeightNames>;
}
