import { writeFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";

/** Measures memory. */
export interface Meter {
  readonly reset: () => void;
  /** Bytes taken since the reset. */
  readonly taken: () => number;
}

/** By what the heap and its buffers have grown: too little where garbage was collected meanwhile. Works everywhere. */
export function heapMeter(): Meter {
  const allocated = (): number => {
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    return used + external;
  };
  let before = 0;
  return { reset: () => (before = allocated()), taken: () => Math.max(0, allocated() - before) };
}

/**
 * By the peak of resident memory, which the kernel keeps: nothing escapes it, collected or not, on the heap or beside it.
 * Linux only.
 *
 * @param collect frees all garbage (`gc` of `--expose-gc`)
 */
export function peakMeter(collect: () => void): Meter {
  let before = 0;
  return {
    reset: () => {
      collect();
      // Lets the peak begin anew: man 5 proc_pid_clear_refs.
      writeFileSync("/proc/self/clear_refs", "5");
      before = process.memoryUsage.rss();
    },
    taken: () => Math.max(0, process.resourceUsage().maxRSS * 1024 - before),
  };
}
