import { helper, wgsl, type Helper } from "./tag.ts";
import { wide } from "./wide-integers.ts";

/** So many sums of wide integers that the threads of a workgroup share, to which any of them may add at any time. */
export interface WideSums {
  /** `clearSum(i)` */
  readonly clearSum: Helper;
  /** `addTo(i, amount)` */
  readonly addTo: Helper;
  /** `sumAt(i)`, behind a barrier. */
  readonly sumAt: Helper;
}

export function wideSums(count: number): WideSums {
  const highs = helper(wgsl`var<workgroup> highSums: array<atomic<u32>, ${count}>;`);
  const lows = helper(wgsl`var<workgroup> lowSums: array<atomic<u32>, ${count}>;`);
  return {
    clearSum: helper(
      wgsl`fn clearSum(i: u32) {
        atomicStore(&${highs}[i], 0u);
        atomicStore(&${lows}[i], 0u);
      }`,
    ),
    addTo: helper(
      wgsl`fn addTo(i: u32, amount: ${wide}) {
        let before = atomicAdd(&${lows}[i], amount.low);
        // Whoever makes the low word overflow carries.
        let high = amount.high + select(0u, 1u, before + amount.low < before);
        if (high > 0u) { atomicAdd(&${highs}[i], high); }
      }`,
    ),
    sumAt: helper(
      wgsl`fn sumAt(i: u32) -> ${wide} { return ${wide}(atomicLoad(&${highs}[i]), atomicLoad(&${lows}[i])); }`,
    ),
  };
}
