import { floatHelper, polynomial } from "./helper.ts";

/** π/2 in three parts; the first two have few bits, so that their products with small k are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8] as const;

/** (sin(r)/r − 1)/r² in z = r² ≤ (π/4)², error 3e-11. */
const sinTail = [-0.1666666716337204, 0.008333331905305386, -0.00019840063760057092, 0.0000027246869649388827];

/** (cos(r) − 1 + r²/2)/r⁴ in z = r² ≤ (π/4)², error 3e-12. */
const cosTail = [0.0416666679084301, -0.00138888880610466, 0.000024800578103167936, -2.729821062530391e-7];

/** 2/π = Σ cⱼ·2^(−12j), as many as an f32 of exponent 127 can bring into play. */
const twoOverPi =
  "A2F9836E4E441529FC2757D1F534DDC0DB6295993C".match(/.../g)?.map((digits) => parseInt(digits, 16)) ?? [];

/** sin(x + shift·π/2): x is brought into ±π/4, the quarter turn decides which function and sign. */
const wave = (name: string, shift: number): string => `function ${name}(x) {
  const a = Math.abs(x);
  // Cody and Waite
  let k = Math.floor(x * ${2 / Math.PI} + 0.5);
  let r = x - k * ${HALF_PI[0]} - k * ${HALF_PI[1]} - k * ${HALF_PI[2]};
  if (a > 8192) {
    const turns = quarterTurns(a, 0.0);
    k = Math.floor(turns + 0.5);
    const f = turns - k;
    r = f * ${HALF_PI[0]} + (f * ${HALF_PI[1] + HALF_PI[2]} + quarterTurns(a, 1.0) * ${Math.PI / 2});
    if (x < 0) { k = -k; r = -r; }
  }
  const z = r * r;
  const turned = k + ${shift};
  const quarter = turned - 4 * Math.floor(turned * 0.25);
  let value = r + r * z * ${polynomial("z", sinTail)};
  if (quarter === 1 || quarter === 3) { value = 1 - 0.5 * z + z * z * ${polynomial("z", cosTail)}; }
  if (quarter >= 2) { return -value; }
  return value;
}`;

/** Sine and cosine within three units of f32 for every x; WGSL promises 2^−11 on ±π only. */
export const trigonometricHelpers = {
  sine: floatHelper(wave("sine", 0), 1, ["quarterTurns"]),
  cosine: floatHelper(wave("cosine", 1), 1, ["quarterTurns"]),

  /** cⱼ of 2/π */
  twoOverPi: floatHelper(`function twoOverPi(j) {
    let value = ${twoOverPi[0] ?? 0};
    ${twoOverPi.map((c, j) => (j === 0 ? "" : `value = (j > ${j + 0.5} ? ${c}.0 : value);`)).join("\n")}
    return value;
  }`),

  /**
   * a·2/π modulo 4, for a ≥ 1 (Payne and Hanek): 12 bits of a times 12 bits of 2/π are exact, and products that are
   * whole turns drop out. In two parts: the multiple of 2^−20 (`fine` = 0) and the rest (`fine` = 1).
   */
  quarterTurns: floatHelper(
    `function quarterTurns(a, fine) {
      const whole = mantissa(a) * 8388608;
      const e = exponentOf(a) - 23;
      const high = Math.floor(whole * ${2 ** -12});
      const low = whole - high * 4096;
      let turns = 0;
      let rest = 0;
      for (let half = 0; half < ${2 * twoOverPi.length}; half++) {
        const j = Math.floor(half * 0.5);
        const isLow = half - 2 * j;
        const scale = e - 12 * (j + 1) + 12 * (1 - isLow);
        let p = 0;
        if (scale < 2) { p = (isLow > 0.5 ? low : high) * twoOverPi(j + 1) * powerOfTwo(scale); }
        p = p - 4 * Math.floor(p * 0.25);
        const coarse = Math.floor(p * 1048576) * ${2 ** -20};
        rest = rest + (p - coarse);
        turns = turns + coarse;
        turns = turns - 4 * Math.floor(turns * 0.25);
      }
      if (fine > 0.5) { return rest; }
      return turns;
    }`,
    2,
    ["mantissa", "exponentOf", "powerOfTwo", "twoOverPi"],
  ),
};
