import { RopeError } from "../errors.ts";
import { positive, positiveOr, type RopeContext } from "./parameters.ts";

const f32 = Math.fround;

/**
 * `θ^(2i/D)` for i = 0 … D/2−1, `[D/2]`.
 *
 * Base, exponent and power are each rounded to float32, as float32 libraries do it. Rounding a float64 result once is
 * nearer to the true value but disagrees with trained models' tables in the last bit of every third entry.
 */
export function wavelengthPowers(ropeTheta: number, rotaryDim: number): Float32Array {
  const base = f32(positive("ropeTheta", ropeTheta));
  if (!Number.isInteger(rotaryDim) || rotaryDim < 2 || rotaryDim % 2 !== 0) {
    throw new RopeError("rope rotaryDim", `must be even and at least 2, given ${String(rotaryDim)}; check headDim`, {
      given: rotaryDim,
    });
  }
  return Float32Array.from({ length: rotaryDim / 2 }, (_, i) => Math.pow(base, f32((2 * i) / rotaryDim)));
}

/** `θ^(−2i/D)` for i = 0 … D/2−1, `[D/2]`: the reciprocal of {@link wavelengthPowers}, rounded to float32. */
export function inverseFrequencies(ropeTheta: number, rotaryDim: number): Float32Array {
  return wavelengthPowers(ropeTheta, rotaryDim).map((power) => 1 / power);
}

/** The context length of pre-training: the config's top-level key, else the rotary key, else the maximal length. */
export function originalLength(
  parameters: { readonly originalMaxPositionEmbeddings?: number | null },
  context: RopeContext,
): number {
  return positiveOr(
    "originalMaxPositionEmbeddings",
    context.originalMaxPositionEmbeddings ?? parameters.originalMaxPositionEmbeddings,
    positive("maxPositionEmbeddings", context.maxPositionEmbeddings),
  );
}
