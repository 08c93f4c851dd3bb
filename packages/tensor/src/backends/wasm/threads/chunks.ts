import { MAX_CHUNKS } from "./control.ts";

/** Chunks per thread and command: a thread that is late or slow takes fewer. */
const CHUNKS_PER_THREAD = 4;

/** How a command is cut: `chunks` of `step` units, the last one perhaps of fewer. */
export interface Chunks {
  readonly step: number;
  readonly chunks: number;
}

/** @param grain fewest units worth a chunk of their own */
export function chunksOf(units: number, grain: number, threads: number): Chunks {
  if (units === 0) return { step: 0, chunks: 0 };
  const worth = Math.ceil(units / grain);
  // As many for each thread: three chunks of two threads take as long as four.
  const even = worth === 1 ? 1 : Math.ceil(worth / threads) * threads;
  const step = Math.ceil(units / Math.min(even, threads * CHUNKS_PER_THREAD, MAX_CHUNKS));
  return { step, chunks: Math.ceil(units / step) };
}
