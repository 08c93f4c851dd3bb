/** What scripts/reference/random_models.py writes for one seed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HeadName } from "../../packages/helium/src/heads/index.ts";

export type StoredDType = "f32" | "bf16";

export interface GivenInputs {
  readonly input_ids?: readonly (readonly number[])[];
  readonly inputs_embeds?: readonly (readonly (readonly number[])[])[];
  readonly attention_mask?: readonly (readonly number[])[];
  readonly position_ids?: readonly (readonly number[])[];
  /** Lengths of the passes over one cache; absent: one pass without a cache. */
  readonly steps?: readonly number[];
}

/** One kind of input of one model, with what transformers makes of it. */
export interface Variant {
  /** How the weights are stored. */
  readonly dtype: StoredDType;
  readonly variant: string;
  readonly inputs: GivenInputs;
  readonly shape: readonly number[];
  /** Where its numbers begin in outputs.f64. */
  readonly offset: number;
  /** `[B][T]`, false at padding, whose outputs mean nothing; null: all count. */
  readonly kept: readonly (readonly boolean[])[] | null;
  /** `max |transformers in that dtype − transformers in float64|`, of the numbers that count. */
  readonly noise: { readonly f32: number; readonly bf16?: number };
  /** The largest output, without its sign. */
  readonly largest: number;
}

export interface ReferenceModel {
  readonly family: string;
  readonly head: HeadName;
  readonly index: number;
  readonly folder: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly variants: readonly Variant[];
}

export interface ReferenceCases {
  readonly seed: number;
  readonly versions: string;
  /** Families and heads that transformers has no class for. */
  readonly missing: readonly (readonly [family: string, head: HeadName])[];
  readonly models: readonly ReferenceModel[];
  /** Configs that transformers refuses itself. */
  readonly refused: number;
}

type Case = ReferenceModel | (Omit<ReferenceModel, "folder" | "variants"> & { readonly refused: string });

export function readCases(folder: string): ReferenceCases {
  const { cases, ...rest } = JSON.parse(readFileSync(join(folder, "cases.json"), "utf8")) as Omit<
    ReferenceCases,
    "models" | "refused"
  > & { readonly cases: readonly Case[] };
  const models = cases.filter((one): one is ReferenceModel => !("refused" in one));
  return { ...rest, models, refused: cases.length - models.length };
}

/** Every output of a model in float64, one variant after the other. */
export function readOutputs(folder: string): Float64Array {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, "outputs.f64"));
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
