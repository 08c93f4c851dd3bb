import { Arena } from "./memory/arena.ts";
import { SingleExecutor, type Executor } from "./threads/executor.ts";
import { ThreadPool } from "./threads/thread-pool.ts";

/** Scratch of each thread. */
export const SCRATCH = 512 * 1024;

/** A memory, and what carries out commands on it. */
export interface WasmInstance {
  readonly arena: Arena;
  readonly executor: Executor;
  /** Address of each thread's scratch, the calling one's first. */
  readonly scratch: readonly number[];
}

/** @throws BackendError when the memory cannot be reserved, WorkersRefusedError when the workers do not start */
export async function createInstance(
  module: WebAssembly.Module,
  threads: number,
  maxBytes: number,
): Promise<WasmInstance> {
  const shared = threads > 1;
  const arena = new Arena({ shared, maxBytes });
  const scratch = allocScratch(arena, threads);
  const executor: Executor = shared
    ? await ThreadPool.start({ threads, module, memory: arena.memory, scratch })
    : new SingleExecutor(module, arena.memory, scratch[0]);
  return { arena, executor, scratch };
}

/** A further memory for the same threads. @throws BackendError when it cannot be reserved */
export function furtherInstance(executor: Executor, maxBytes: number): WasmInstance {
  const arena = new Arena({ shared: executor.threads > 1, maxBytes });
  const scratch = allocScratch(arena, executor.threads);
  return { arena, executor: executor.attach(arena.memory, scratch), scratch };
}

function allocScratch(arena: Arena, threads: number): readonly number[] {
  return Array.from({ length: threads }, () => arena.alloc(SCRATCH));
}
