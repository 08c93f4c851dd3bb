import { floatHelper, polynomial } from "./helper.ts";

/** π/2 in three parts; the first two have few bits, so that their products with small k are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8] as const;

/** (sin(r)/r − 1)/r² in z = r² ≤ (π/4)², error 3e-11. */
const sinTail = [-0.1666666716337204, 0.008333331905305386, -0.00019840063760057092, 0.0000027246869649388827];

/** (cos(r) − 1 + r²/2)/r⁴ in z = r² ≤ (π/4)², error 3e-12. */
const cosTail = [0.0416666679084301, -0.00138888880610466, 0.000024800578103167936, -2.729821062530391e-7];

/** sin(x + shift·π/2): x is brought into ±π/4 (Cody and Waite), the quarter decides which function and sign. */
const wave = (name: string, shift: number): string => `function ${name}(x) {
  if (Math.abs(x) > 16777216) { return notANumber(x); }
  const k = Math.floor(x * ${2 / Math.PI} + 0.5);
  const r = x - k * ${HALF_PI[0]} - k * ${HALF_PI[1]} - k * ${HALF_PI[2]};
  const z = r * r;
  const turned = k + ${shift};
  const quarter = turned - 4 * Math.floor(turned * 0.25);
  let value = r + r * z * ${polynomial("z", sinTail)};
  if (quarter === 1 || quarter === 3) { value = 1 - 0.5 * z + z * z * ${polynomial("z", cosTail)}; }
  if (quarter >= 2) { return -value; }
  return value;
}`;

/**
 * Sine and cosine within two units of f32 for |x| up to some thousands; WGSL promises 2^−11 on ±π only. Above 2^24, where
 * neighbouring floats are more than half a turn apart, they are NaN.
 */
export const trigonometricHelpers = {
  sine: floatHelper(wave("sine", 0), 1, ["notANumber"]),
  cosine: floatHelper(wave("cosine", 1), 1, ["notANumber"]),
};
