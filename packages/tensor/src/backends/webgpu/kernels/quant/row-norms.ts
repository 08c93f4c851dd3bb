import type { NormParams } from "../../../../contract/kernels.ts";
import type { Operand } from "../../../../contract/operand.ts";
import { floatWord } from "../../params.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { vectorWords } from "../rows/rows.ts";
import { asNumbers, load } from "../stored.ts";

/** A norm that x goes through before it is multiplied. */
export interface Norm extends NormParams {
  readonly weight: Operand;
}

/** Norms of a product, as their weights and parameters are called. */
type NormName = "norm" | "onto";

/** What of a norm makes another shader. */
export const normKey = ({ weight, weightMode }: Norm): string =>
  `${weight.dtype} ${weightMode === "one-plus" ? "one-plus" : "mul"}`;

export const normFields = (name: NormName): string[] => [`${name}_offset`, `${name}_stride`, `${name}_eps`];

export const normWords = ({ weight, eps }: Norm): number[] => [...vectorWords(weight), floatWord(eps)];

/** The weight of the norm at column `k` (text), as x is multiplied by it. */
export function normWeight({ weight, weightMode }: Norm, k: string, name: NormName = "norm"): Fragment {
  const at = `(p.${name}_offset + p.${name}_stride * (${k}))`;
  const value = load(asNumbers(weight.dtype), `${name}_words`, at);
  return weightMode === "one-plus" ? wgsl`(1.0 + ${value})` : value;
}

/** Whether the weights of a norm lie in fours. */
export const hasNormVectors = ({ weight }: Norm): boolean =>
  weight.dtype === "f32" && weight.layout.strides[0] === 1 && weight.layout.offset % 4 === 0;

/** Four weights of the norm, number `at` (text) of the fours; `byVectors` where they are bound as such. */
export function normVector(norm: Norm, at: string, byVectors: boolean, name: NormName = "norm"): Fragment {
  const four = ([0, 1, 2, 3] as const).map((i) => normWeight(norm, `4u * (${at}) + ${i}u`, name));
  if (!byVectors) return wgsl`vec4<f32>(${four[0]}, ${four[1]}, ${four[2]}, ${four[3]})`;
  const vector = wgsl`${name}_words[(p.${name}_offset >> 2u) + ${at}]`;
  return norm.weightMode === "one-plus" ? wgsl`(vec4<f32>(1.0) + ${vector})` : vector;
}
