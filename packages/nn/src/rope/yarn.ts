import { RopeError } from "../errors.ts";
import { positive, positiveOr, type RopeContext, type RopeScheme, type YarnRope } from "./parameters.ts";
import { originalLength, wavelengthPowers } from "./inverse-frequencies.ts";

const f32 = Math.fround;

/**
 * YaRN (Peng et al. 2023, arXiv:2309.00071). With `c(r) = D·ln(O/(2πr)) / (2·ln θ)`, `lo = ⌊c(betaFast)⌋`,
 * `hi = ⌈c(betaSlow)⌉` and `ramp_i = clip((i − lo)/(hi − lo), 0, 1)`:
 * `inv_freq[i] = inv_i·(1 − ramp_i) + (inv_i/factor)·ramp_i`.
 * Scaling: `attentionFactor`, else `g(factor, mscale)/g(factor, mscaleAllDim)` when both are set, else `g(factor, 1)`,
 * with `g(s, m) = s ≤ 1 ? 1 : 0.1·m·ln s + 1`.
 */
export const yarnRope: RopeScheme<YarnRope> = {
  frequencies: (parameters, context) => {
    const { ropeTheta } = parameters;
    const original = originalLength(parameters, context);
    const factor = positiveOr("factor", parameters.factor, context.maxPositionEmbeddings / original);
    const powers = wavelengthPowers(ropeTheta, context.rotaryDim);
    const { low, high } = rampEnds(parameters, context, original);
    const invFreq = powers.map((power, i) => {
      const ramp = Math.min(Math.max(f32(f32(i - low) / (high - low)), 0), 1);
      const kept = f32(1 - ramp);
      const interpolated = f32(1 / f32(factor * power));
      return f32(interpolated * f32(1 - kept)) + f32(f32(1 / power) * kept);
    });
    return { invFreq, attentionScaling: attentionScaling(parameters, factor) };
  },
};

/** The dimensions between which the ramp climbs from 0 to 1. */
function rampEnds(
  { ropeTheta, betaFast, betaSlow, truncate }: YarnRope,
  { rotaryDim }: RopeContext,
  original: number,
): { low: number; high: number } {
  const fast = positiveOr("betaFast", betaFast, 32);
  const slow = positiveOr("betaSlow", betaSlow, 1);
  if (fast < slow) {
    throw new RopeError("rope betaFast", `must not be below betaSlow, given ${fast} and ${slow}`, { fast, slow });
  }
  if (ropeTheta === 1) throw new RopeError("rope ropeTheta", "yarn needs a base other than 1, given 1", { given: 1 });
  const dimensionAt = (rotations: number): number =>
    (rotaryDim * Math.log(original / (rotations * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const rounded = truncate ?? true;
  const low = Math.max(rounded ? Math.floor(dimensionAt(fast)) : dimensionAt(fast), 0);
  const high = Math.min(rounded ? Math.ceil(dimensionAt(slow)) : dimensionAt(slow), rotaryDim - 1);
  // A ramp of no width would divide by 0.
  return { low, high: high === low ? high + 0.001 : high };
}

function attentionScaling({ attentionFactor, mscale, mscaleAllDim }: YarnRope, factor: number): number {
  if (attentionFactor !== undefined && attentionFactor !== null) return positive("attentionFactor", attentionFactor);
  const g = (m: number): number => (factor <= 1 ? 1 : 0.1 * m * Math.log(factor) + 1);
  // Published configs write 0 for "not set".
  return mscale && mscaleAllDim ? g(mscale) / g(mscaleAllDim) : g(1);
}
