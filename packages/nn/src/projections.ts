import {
  gatedProjection,
  gatedProjectionOnto,
  projections,
  residualProjection,
  type ActivationName,
  type GateWeights,
  type NormBefore,
  type StreamAndGated,
  type Tensor,
} from "@helium-lm/tensor";
import type { Linear } from "./linear.ts";
import { RmsNorm, type Norm } from "./norm/index.ts";

/** What a layer reads and adds besides its own work: its input's norm, and the residual stream. */
export interface NormAndResidual {
  /** Applied to the input first. */
  readonly norm?: Norm | null;
  /** What the output is added to, in its shape. */
  readonly residual?: Tensor | null;
  /** Factor on the output where it is added; default 1. */
  readonly residualScale?: number;
}

/** `layerᵢ(norm(x))` for up to three layers that read one x `[..., C]`, in one op. */
export function projectTogether<const L extends readonly Linear[]>(
  x: Tensor,
  layers: L,
  norm: Norm | null,
): { [I in keyof L]: Tensor } {
  const [first, second, third] = layers.map(({ weight }) => weight);
  if (!first || layers.length > 3) {
    const n = norm ? norm.forward(x) : x;
    return layers.map((layer) => layer.forward(n)) as { [I in keyof L]: Tensor };
  }
  const { input, before } = normFor(x, norm);
  const biases = layers.map(({ bias }) => bias ?? undefined);
  return projections(input, [first, second, third], before, biases) as { [I in keyof L]: Tensor };
}

/** The first half of a gated MLP. */
interface Gates {
  readonly gate: Linear;
  readonly up: Linear;
  readonly activation: ActivationName;
}

/** `activation(gate(norm(x)))·up(norm(x))`. */
export function projectGated(x: Tensor, gates: Gates, norm: Norm | null): Tensor {
  const { input, before } = normFor(x, norm);
  return gatedProjection(input, gateWeights(gates), before);
}

/** A residual stream that something is added to behind a norm. */
export interface NormOntoStream {
  readonly residual: Tensor;
  readonly norm: Norm;
}

/** `stream = residual + norm(x)`, and what `projectGated` makes of it, in one op. */
export function projectGatedOnto(x: Tensor, onto: NormOntoStream, gates: Gates, norm: Norm | null): StreamAndGated {
  const { residual, norm: behind } = onto;
  if (behind instanceof RmsNorm && (!norm || norm instanceof RmsNorm)) {
    const before = norm ? asBefore(norm) : undefined;
    return gatedProjectionOnto(x, { ...asBefore(behind), residual }, gateWeights(gates), before);
  }
  const stream = behind.forwardOnto(residual, x);
  return { stream, gated: projectGated(stream, gates, norm) };
}

const gateWeights = ({ gate, up, activation }: Gates): GateWeights => ({
  ...{ gate: gate.weight, up: up.weight, activation },
  ...(gate.bias && { gateBias: gate.bias }),
  ...(up.bias && { upBias: up.bias }),
});

/** `residual + scale·layer(x)`, or `layer(x)` alone. */
export function projectOnto(
  { residual, residualScale: scale = 1 }: Omit<NormAndResidual, "norm">,
  x: Tensor,
  layer: Linear,
): Tensor {
  if (!residual) return layer.forward(x);
  return residualProjection(x, layer.weight, residual, { ...(layer.bias && { bias: layer.bias }), scale });
}

/** x for a joint product, and the norm that the product applies itself: one that is no RMS norm is applied first. */
function normFor(x: Tensor, norm: Norm | null): { readonly input: Tensor; readonly before?: NormBefore } {
  if (!norm) return { input: x };
  if (!(norm instanceof RmsNorm)) return { input: norm.forward(x) };
  return { input: x, before: asBefore(norm) };
}

const asBefore = ({ config, weight }: RmsNorm): NormBefore => ({ ...config, weight });
