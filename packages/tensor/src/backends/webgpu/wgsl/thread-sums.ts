import { helper, wgsl, type Fragment } from "./tag.ts";

/** How sums that every thread of a workgroup has a part of are added up, some of them at a time. */
export interface ThreadSums {
  /** Whether the shader uses subgroups. */
  readonly subgroups: boolean;
  /** Lines that share the variables `sum_0 …` of all threads, in uniform control flow. */
  readonly share: Fragment;
  /** Behind them: the sum of all threads, by its number (text). */
  readonly total: (sum: string) => Fragment;
}

/** Sums that are left for one thread to add up. */
const PARTS = 16;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Through shared memory, in two steps: threads → 16 → 1. A tree of more steps waits longer for its threads than it saves. */
export function sharedSums(threads: number, count: number): ThreadSums {
  const partial = helper(wgsl`var<workgroup> partial: array<f32, ${count * threads}>;`);
  const total = helper(
    wgsl`fn totalOf(sum: u32) -> f32 {
      var total = 0.0;
      for (var i = 0u; i < ${PARTS}u; i++) { total += ${partial}[sum * ${threads}u + i]; }
      return total;
    }`,
  );
  const others = numbers(threads / PARTS - 1).map((i) => `partial[at + ${PARTS * (i + 1)}u]`);
  return {
    subgroups: false,
    share: wgsl`
${numbers(count).map((sum) => wgsl`    ${partial}[${sum * threads}u + lane] = sum_${sum};`)}
    workgroupBarrier();
    for (var i = lane; i < ${count * PARTS}u; i += ${threads}u) {
      let at = (i / ${PARTS}u) * ${threads}u + i % ${PARTS}u;
      ${partial}[at] += ${others.join(" + ")};
    }
    workgroupBarrier();`,
    total: (sum) => wgsl`${total}(${sum})`,
  };
}

/**
 * Each subgroup adds up its own, and leaves one number. Neighbouring threads are of one subgroup, whose size, 4 … 128, may be
 * another one at every run; the last one may not be full.
 */
export function subgroupSums(threads: number, count: number): ThreadSums {
  const most = threads / 4;
  const partial = helper(wgsl`var<workgroup> partial: array<f32, ${count * most}>;`);
  const total = helper(
    wgsl`fn totalOf(sum: u32, groups: u32) -> f32 {
      var total = 0.0;
      for (var i = 0u; i < groups; i++) { total += ${partial}[sum * ${most}u + i]; }
      return total;
    }`,
  );
  return {
    subgroups: true,
    share: wgsl`
${numbers(count).map((sum) => wgsl`    let all_${sum} = subgroupAdd(sum_${sum});`)}
    if (subgroupLane == 0u) {
${numbers(count).map((sum) => wgsl`      ${partial}[${sum * most}u + lane / subgroupSize] = all_${sum};`)}
    }
    workgroupBarrier();`,
    total: (sum) => wgsl`${total}(${sum}, (${threads - 1}u + subgroupSize) / subgroupSize)`,
  };
}
