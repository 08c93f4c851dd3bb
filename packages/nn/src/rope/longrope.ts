import { RopeError } from "../errors.ts";
import { positive, positiveOr, type LongRope, type RopeScheme } from "./parameters.ts";
import { originalLength, wavelengthPowers } from "./inverse-frequencies.ts";

const f32 = Math.fround;

/**
 * LongRoPE (Ding et al. 2024, arXiv:2402.13753): `inv_freq[i] = 1 / (ext_i · θ^(2i/D))`, where `ext` is `longFactor`
 * once max(position) + 1 exceeds the original length `O`, else `shortFactor`.
 * Scaling: `attentionFactor`, else 1 for `f ≤ 1` and `√(1 + ln f / ln O)` otherwise, with `f` = `factor`, or
 * `maxPositionEmbeddings / O` where it is absent.
 */
export const longRope: RopeScheme<LongRope> = {
  frequencies: (parameters, context, seqLen) => {
    const original = originalLength(parameters, context);
    const extension = extensions(parameters, context.rotaryDim / 2, seqLen !== undefined && seqLen > original);
    const invFreq = wavelengthPowers(parameters.ropeTheta, context.rotaryDim).map(
      (power, i) => 1 / f32((extension[i] ?? 1) * power),
    );
    const factor = positiveOr("factor", parameters.factor, context.maxPositionEmbeddings / original);
    const computed = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    return { invFreq, attentionScaling: positiveOr("attentionFactor", parameters.attentionFactor, computed) };
  },
  lengthInUse: (parameters, context, seqLen) => {
    const original = originalLength(parameters, context);
    return seqLen > original ? original + 1 : original;
  },
};

/** The divisors in force, `[D/2]`; both lists are checked, so that a bad one shows at once. */
function extensions({ shortFactor, longFactor }: LongRope, count: number, long: boolean): Float32Array {
  for (const [key, list] of [
    ["shortFactor", shortFactor],
    ["longFactor", longFactor],
  ] as const) {
    if (!Array.isArray(list) || list.length !== count) {
      const given = Array.isArray(list) ? `${list.length} numbers` : String(list);
      throw new RopeError(`rope ${key}`, `must hold rotaryDim / 2 = ${count} numbers, given ${given}`, {
        count,
        given,
      });
    }
    for (const value of list as readonly number[]) positive(key, value);
  }
  return Float32Array.from(long ? longFactor : shortFactor);
}
