import { exponential } from "../../wgsl/exponential.ts";
import { keys } from "../../wgsl/order.ts";
import { helper, wgsl, type Fragment } from "../../wgsl/tag.ts";
import { exceeds, plus, wide } from "../../wgsl/wide-integers.ts";
import { wideSums } from "../../wgsl/wide-sums.ts";

/** Threads of a row's workgroup, and what a digit of a key may be. */
export const DIGITS = 256;

const { clearSum, addTo, sumAt } = wideSums(DIGITS);

/**
 * e^(score − top), by the parameter `unit`, in parts of 2^−32: an odd number of them, so that what can be drawn weighs something.
 * As integers, weights add up to the same in every order.
 */
export const weightOf = helper(
  wgsl`fn weightOf(key: u32, top: f32) -> ${wide} {
    let weight = ${exponential}(${keys.f32.back}(key) - top);
    if (weight == 0.0) { return ${wide}(0u, 0u); }
    let units = weight * bitcast<f32>(p.unit);
    let whole = floor(units);
    return ${wide}(u32(whole), u32((units - whole) * 4294967296.0) | 1u);
  }`,
);

/** Declares `key` for four elements at a time of those from number `lane` on that the row's threads share. */
export const eachKey = (body: Fragment): Fragment => wgsl`
    for (var i = lane; i < p.quads; i += ${DIGITS}u) {
      let four = score_keys[start + i];
      for (var c = 0u; c < 4u; c++) {
        let key = four[c];
${body}
      }
    }`;

/** Σ weight of the scores that are not below `low`. All threads call it, in uniform control flow, and get the same. */
export const sumFrom = helper(
  wgsl`fn sumFrom(start: u32, low: u32, top: f32, lane: u32) -> ${wide} {
    var sum = ${wide}(0u, 0u);
${eachKey(wgsl`        if (key >= low) { sum = ${plus}(sum, ${weightOf}(key, top)); }`)}
    workgroupBarrier();
    ${clearSum}(lane);
    workgroupBarrier();
    ${addTo}(0u, sum);
    workgroupBarrier();
    return ${sumAt}(0u);
  }`,
);

const crossing = helper(wgsl`struct Crossing { key: u32, below: ${wide} }`);
const foundDigit = helper(wgsl`var<workgroup> foundDigit: atomic<u32>;`);
const foundBelow = helper(wgsl`var<workgroup> foundBelow: ${wide};`);

/**
 * The first score, from the smallest on, at which the sum of those that are not below `low` exceeds `limit`; the largest where
 * it never does. Summed are weights, or 1 for each. It is found by the highest 8 bits of the keys, then by the next: no row is
 * sorted. With it the sum of all below it. All threads call it, in uniform control flow, and get the same.
 */
export const search = helper(
  wgsl`fn search(start: u32, low: u32, limit: ${wide}, isWeighted: bool, top: f32, lane: u32) -> ${crossing} {
    var known = 0u;
    var prefix = 0u;
    var below = ${wide}(0u, 0u);
    for (var shift = 24i; shift >= 0; shift -= 8) {
      workgroupBarrier();
      ${clearSum}(lane);
      if (lane == 0u) { atomicStore(&${foundDigit}, 0u); }
      workgroupBarrier();
${eachKey(wgsl`
        if (key >= low && (key & known) == prefix) {
          var amount = ${wide}(0u, 1u);
          if (isWeighted) { amount = ${weightOf}(key, top); }
          ${addTo}((key >> u32(shift)) & 0xffu, amount);
        }`)}
      workgroupBarrier();
      // Thread number d looks at digit d.
      var before = below;
      for (var d = 0u; d < lane; d++) { before = ${plus}(before, ${sumAt}(d)); }
      let own = ${sumAt}(lane);
      // Compilers may round a weight in one place of the text and not in another: the last that is not empty serves too.
      if ((own.high | own.low) > 0u && !${exceeds}(before, limit)) { atomicMax(&${foundDigit}, lane); }
      workgroupBarrier();
      let digit = atomicLoad(&${foundDigit});
      if (lane == digit) { ${foundBelow} = before; }
      workgroupBarrier();
      below = ${foundBelow};
      prefix |= digit << u32(shift);
      known |= 0xffu << u32(shift);
    }
    return ${crossing}(prefix, below);
  }`,
);
