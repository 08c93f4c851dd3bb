import { inverseFrequencies } from "./inverse-frequencies.ts";
import type { DefaultRope, RopeScheme } from "./parameters.ts";

/** `inv_freq[i] = θ^(−2i/D)`, scaling 1 (Su et al. 2021, arXiv:2104.09864). */
export const defaultRope: RopeScheme<DefaultRope> = {
  frequencies: ({ ropeTheta }, { rotaryDim }) => ({
    invFreq: inverseFrequencies(ropeTheta, rotaryDim),
    attentionScaling: 1,
  }),
};
