import { isNan, negated, notANumber } from "./floats.ts";
import { helper, polynomial, wgsl } from "./tag.ts";

/** π/2 in three parts; the first two have few bits, so that their products with small k are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8] as const;

/** π/2 as f32, and what is left of it. */
const HALF_PI_HIGH = Math.fround(Math.PI / 2);
const HALF_PI_LOW = Math.PI / 2 - HALF_PI_HIGH;

/** (sin(r)/r − 1)/r² in z = r² ≤ (π/4)², error 3e-11. */
const sinTail = [-0.1666666716337204, 0.008333331905305386, -0.00019840063760057092, 0.0000027246869649388827];

/** (cos(r) − 1 + r²/2)/r⁴ in z = r² ≤ (π/4)², error 3e-12. */
const cosTail = [0.0416666679084301, -0.00138888880610466, 0.000024800578103167936, -2.729821062530391e-7];

/** 32 zero bits, then the bits of 2/π: as many as an f32 of exponent 127 can bring into play. */
const twoOverPi = helper(
  wgsl`const twoOverPi = array<u32, 8>(
    0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu
  );`,
);

/** The upper 32 bits of a·b, by halves of 16. */
export const productHigh = helper(
  wgsl`fn productHigh(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu);
    let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
    let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
  }`,
);

/** x = quarter·π/2 + angle, |angle| ≤ π/4, quarter modulo 4. */
const turn = helper(wgsl`struct Turn { quarter: u32, angle: f32 }`);

/**
 * |x| ≥ 1 brought into ±π/4 by integers (Payne and Hanek): x = m·2^e with a whole m, and of 2/π only those 96 bits matter of
 * which m·2^e makes no whole turns and more than 2^−70.
 */
const largeTurn = helper(
  wgsl`fn largeTurn(x: f32) -> ${turn} {
    let bits = bitcast<u32>(x);
    let m = (bits & 0x007fffffu) | 0x00800000u;
    let first = ((bits >> 23u) & 0xffu) - 120u;
    let word = first >> 5u;
    let shift = first & 31u;
    var window: array<u32, 3>;
    for (var k = 0u; k < 3u; k++) {
      // A shift by 32 would be one by 0.
      window[k] = (${twoOverPi}[word + k] << shift) | ((${twoOverPi}[min(word + k + 1u, 7u)] >> 1u) >> (31u - shift));
    }
    // m·window modulo 2^96: two bits of quarters, then the fraction of one.
    let low = m * window[2];
    let middle = m * window[1] + ${productHigh}(m, window[2]);
    let carry = select(0u, 1u, middle < m * window[1]);
    let high = m * window[0] + ${productHigh}(m, window[1]) + carry;
    var quarter = high >> 30u;
    var upper = (high << 2u) | (middle >> 30u);
    var lower = (middle << 2u) | (low >> 30u);
    let isBeyond = upper >= 0x80000000u;
    if (isBeyond) {
      quarter += 1u;
      lower = ~lower + 1u;
      upper = ~upper + select(0u, 1u, lower == 0u);
    }
    // Normalised, 24 leading bits and the next 24 apart: each is a float exactly.
    let zeros = countLeadingZeros(upper);
    if (zeros > 0u) { upper = (upper << zeros) | (lower >> (32u - zeros)); }
    let scale = bitcast<f32>((127u - 24u - zeros) << 23u);
    let lead = f32(upper >> 8u) * scale;
    let rest = f32(((upper & 0xffu) << 16u) | ((lower << zeros) >> 16u)) * scale * ${2 ** -24};
    let angle = lead * ${HALF_PI_HIGH} + (lead * ${HALF_PI_LOW} + rest * ${HALF_PI_HIGH});
    if ((bits >= 0x80000000u) == isBeyond) { return ${turn}(select(quarter, ~quarter + 1u, bits >= 0x80000000u), angle); }
    return ${turn}(select(quarter, ~quarter + 1u, bits >= 0x80000000u), -angle);
  }`,
);

/** Small |x| by Cody and Waite. */
const turnOf = helper(
  wgsl`fn turnOf(x: f32) -> ${turn} {
    if (abs(x) > 8192.0) { return ${largeTurn}(x); }
    let k = floor(x * ${2 / Math.PI} + 0.5);
    let angle = x - k * ${HALF_PI[0]} - k * ${HALF_PI[1]} - k * ${HALF_PI[2]};
    return ${turn}(bitcast<u32>(i32(k)), angle);
  }`,
);

/** sin(angle + quarter·π/2) */
const wave = helper(
  wgsl`fn wave(angle: f32, quarter: u32) -> f32 {
    let z = angle * angle;
    let sine = angle + angle * z * ${polynomial("z", sinTail)};
    let cosine = 1.0 - 0.5 * z + z * z * ${polynomial("z", cosTail)};
    let value = select(sine, cosine, (quarter & 1u) == 1u);
    return select(value, ${negated}(value), (quarter & 2u) == 2u);
  }`,
);

const declare = (name: string, shift: 0 | 1) => wgsl`fn ${name}(x: f32) -> f32 {
  if (${isNan}(x)) { return x; }
  if ((bitcast<u32>(x) & 0x7fffffffu) == 0x7f800000u) { return ${notANumber}(); }
  let turned = ${turnOf}(x);
  return ${wave}(turned.angle, turned.quarter + ${shift}u);
}`;

/** Sine and cosine within three units of f32 for every x; WGSL promises 2^−11 on ±π only. */
export const sine = helper(declare("sine", 0));
export const cosine = helper(declare("cosine", 1));
