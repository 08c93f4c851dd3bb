import { RopeError } from "../errors.ts";
import { positive, type DynamicRope, type RopeScheme } from "./parameters.ts";
import { inverseFrequencies } from "./inverse-frequencies.ts";

/**
 * NTK-aware scaling that grows with the sequence: with `n = max(seqLen, M)` and `M` = `maxPositionEmbeddings`, the base
 * becomes `θ · (factor·n/M − (factor − 1))^(D/(D−2))`. Scaling 1.
 *
 * The longest length seen stays in use until a call is shorter than `M`, which returns to the unscaled base.
 */
export const dynamicRope: RopeScheme<DynamicRope> = {
  frequencies: ({ ropeTheta, factor }, { rotaryDim, maxPositionEmbeddings }, seqLen) => {
    if (rotaryDim === 2) {
      throw new RopeError("rope rotaryDim", "dynamic scaling needs at least 4 rotated dimensions, given 2", {
        given: 2,
      });
    }
    const limit = positive("maxPositionEmbeddings", maxPositionEmbeddings);
    const scale = positive("factor", factor);
    const length = Math.max(seqLen ?? limit, limit);
    const stretch = (scale * length) / limit - (scale - 1);
    return {
      invFreq: inverseFrequencies(ropeTheta * stretch ** (rotaryDim / (rotaryDim - 2)), rotaryDim),
      attentionScaling: 1,
    };
  },
  lengthInUse: (_parameters, { maxPositionEmbeddings }, seqLen, inUse = maxPositionEmbeddings) =>
    seqLen > inUse ? seqLen : seqLen < maxPositionEmbeddings ? maxPositionEmbeddings : inUse,
};
