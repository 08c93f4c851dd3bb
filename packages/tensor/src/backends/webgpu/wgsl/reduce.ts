import type { Scalar } from "./dtypes.ts";
import { helper, wgsl, type Fragment, type Helper } from "./tag.ts";

/**
 * Reductions over the threads of a workgroup, as trees: thread i takes in what thread i + half has, for half = N/2, N/4, … 1.
 * The order of a sum is thus fixed by the number of threads, a power of two. All threads call them, in uniform control flow, and
 * all get the result.
 */
function tree(threads: number, array: string, step: (at: string, other: string) => Fragment): Fragment {
  return wgsl`
    workgroupBarrier();
    for (var half = ${threads / 2}u; half > 0u; half >>= 1u) {
      if (lane < half) { ${step(`${array}[lane]`, `${array}[lane + half]`)} }
      workgroupBarrier();
    }`;
}

/** Σ value: `sumOfAll(value, lane)`. Integers wrap. */
export function workgroupSum(threads: number, scalar: Scalar = "f32"): Helper {
  const partial = helper(wgsl`var<workgroup> partialSums: array<${scalar}, ${threads}>;`);
  return helper(
    wgsl`fn sumOfAll(value: ${scalar}, lane: u32) -> ${scalar} {
      ${partial}[lane] = value;
      ${tree(threads, partial.name, (at, other) => wgsl`${at} += ${other};`)}
      let total = ${partial}[0];
      // Before the next call writes.
      workgroupBarrier();
      return total;
    }`,
  );
}

/** The largest u32, such as a key of `order.ts`: `largestOfAll(key, lane)`. */
export function workgroupMax(threads: number): Helper {
  const partial = helper(wgsl`var<workgroup> partialMaxima: array<u32, ${threads}>;`);
  return helper(
    wgsl`fn largestOfAll(key: u32, lane: u32) -> u32 {
      ${partial}[lane] = key;
      ${tree(threads, partial.name, (at, other) => wgsl`${at} = max(${at}, ${other});`)}
      let found = ${partial}[0];
      workgroupBarrier();
      return found;
    }`,
  );
}

/** A key and where it was found. */
export const best = helper(wgsl`struct Best { key: u32, index: u32 }`);

/** The better of two: the larger key, of equals the one that comes first. */
export const better = helper(
  wgsl`fn better(a: ${best}, b: ${best}) -> ${best} {
    if (b.key > a.key || (b.key == a.key && b.index < a.index)) { return b; }
    return a;
  }`,
);

/** The first of the largest keys: `bestOfAll(best, lane)`. */
export function workgroupArgmax(threads: number): Helper {
  const partial = helper(wgsl`var<workgroup> partialBests: array<${best}, ${threads}>;`);
  return helper(
    wgsl`fn bestOfAll(found: ${best}, lane: u32) -> ${best} {
      ${partial}[lane] = found;
      ${tree(threads, partial.name, (at, other) => wgsl`${at} = ${better}(${at}, ${other});`)}
      let first = ${partial}[0];
      workgroupBarrier();
      return first;
    }`,
  );
}
