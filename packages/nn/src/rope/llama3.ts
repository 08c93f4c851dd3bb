import { RopeError } from "../errors.ts";
import { positive, type Llama3Rope, type RopeScheme } from "./parameters.ts";
import { inverseFrequencies, originalLength } from "./inverse-frequencies.ts";

const f32 = Math.fround;

/**
 * Llama 3.1 scaling by wavelength `λ = 2π/inv`, with `O` the original length:
 * `λ < O/high` keeps `inv`; `λ > O/low` gives `inv/factor`; between them, with `s = (O/λ − low)/(high − low)`,
 * `(1−s)·inv/factor + s·inv`. Scaling 1.
 */
export const llama3Rope: RopeScheme<Llama3Rope> = {
  frequencies: (parameters, context) => {
    const factor = positive("factor", parameters.factor);
    const low = positive("lowFreqFactor", parameters.lowFreqFactor);
    const high = positive("highFreqFactor", parameters.highFreqFactor);
    if (high <= low) {
      throw new RopeError("rope highFreqFactor", `must be above lowFreqFactor, given ${high} and ${low}`, {
        low,
        high,
      });
    }
    const original = originalLength(parameters, context);
    const invFreq = inverseFrequencies(parameters.ropeTheta, context.rotaryDim).map((frequency) => {
      // A constant over a vector is a reciprocal, then a product: the order that the float32 reference rounds in.
      const wavelength = f32(f32(1 / frequency) * f32(2 * Math.PI));
      if (wavelength < original / high) return frequency;
      if (wavelength > original / low) return frequency / factor;
      const kept = f32(f32(f32(f32(1 / wavelength) * original) - low) / (high - low));
      return f32(f32(f32(1 - kept) * frequency) / factor) + f32(kept * frequency);
    });
    return { invFreq, attentionScaling: 1 };
  },
};
