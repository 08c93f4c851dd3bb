import { positive } from "./positive.ts";
import { inverseFrequencies } from "./inverse-frequencies.ts";
import type { LinearRope, RopeScheme } from "./parameters.ts";

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
