import {
  add,
  gatedActivation,
  narrow,
  QuantMatrix,
  quantGatedProjection,
  quantProjections,
  quantResidualProjection,
  type ActivationName,
  type NormBefore,
  type Tensor,
} from "@helium-lm/tensor";
import type { Linear } from "./linear.ts";
import { RmsNorm, type Norm } from "./norm/index.ts";

/** What a layer reads and adds besides its own work: its input's norm, and the residual stream. */
export interface NormAndResidual {
  /** Applied to the input first. */
  readonly norm?: Norm | null;
  /** Added to the output, in its shape. */
  readonly residual?: Tensor | null;
}

/** `layerᵢ(norm(x))` for two or three layers that read one x `[..., C]`; side by side where one op makes them. */
export function projectTogether<const L extends readonly Linear[]>(
  x: Tensor,
  layers: L,
  norm: Norm | null,
): { [I in keyof L]: Tensor } {
  const [first, second, third] = layers.map(bareQuantMatrix);
  if (!first || !second || (layers.length > 2 && !third) || layers.length > 3 || !joinsProducts(norm)) {
    const n = norm ? norm.forward(x) : x;
    return layers.map((layer) => layer.forward(n)) as { [I in keyof L]: Tensor };
  }
  const joined = quantProjections(x, third ? [first, second, third] : [first, second], normBefore(norm));
  let start = 0;
  return layers.map(({ weight }) => {
    const length = weight.shape[0] ?? 0;
    start += length;
    return narrow(joined, x.rank - 1, start - length, length);
  }) as { [I in keyof L]: Tensor };
}

/** `activation(gate(norm(x)))·up(norm(x))`. */
export function projectGated(
  x: Tensor,
  { gate, up, activation }: { readonly gate: Linear; readonly up: Linear; readonly activation: ActivationName },
  norm: Norm | null,
): Tensor {
  const [gateWeight, upWeight] = [bareQuantMatrix(gate), bareQuantMatrix(up)];
  if (gateWeight && upWeight && joinsProducts(norm))
    return quantGatedProjection(x, { gate: gateWeight, up: upWeight, activation }, normBefore(norm));
  const n = norm ? norm.forward(x) : x;
  return gatedActivation(gate.forward(n), up.forward(n), { activation });
}

/** `residual + layer(x)`, or `layer(x)` alone. */
export function projectOnto(residual: Tensor | null, x: Tensor, layer: Linear): Tensor {
  if (!residual) return layer.forward(x);
  const weight = bareQuantMatrix(layer);
  return weight ? quantResidualProjection(x, weight, residual) : add(residual, layer.forward(x));
}

/** The block-quantised weights of a layer without a bias: what the joint products take. */
function bareQuantMatrix({ weight, bias }: Linear): QuantMatrix | undefined {
  return weight instanceof QuantMatrix && !bias ? weight : undefined;
}

function joinsProducts(norm: Norm | null): norm is RmsNorm | null {
  return norm === null || norm instanceof RmsNorm;
}

function normBefore(norm: RmsNorm | null): NormBefore | undefined {
  return norm ? { ...norm.config, weight: norm.weight } : undefined;
}
