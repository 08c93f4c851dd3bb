import { positive, type LinearRope, type RopeScheme } from "./parameters.ts";
import { inverseFrequencies } from "./inverse-frequencies.ts";

/** Position interpolation: `θ^(−2i/D) / factor`, scaling 1 (Chen et al. 2023, arXiv:2306.15595). */
export const linearRope: RopeScheme<LinearRope> = {
  frequencies: ({ ropeTheta, factor }, { rotaryDim }) => {
    const divisor = positive("factor", factor);
    return {
      invFreq: inverseFrequencies(ropeTheta, rotaryDim).map((frequency) => frequency / divisor),
      attentionScaling: 1,
    };
  },
};
