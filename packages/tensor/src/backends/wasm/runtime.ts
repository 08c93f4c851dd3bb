import { Arena } from "./arena.ts";
import { SingleExecutor, type Executor } from "./executor.ts";
import { compileKernels, type Build } from "./module.ts";
import { ThreadPool } from "./thread-pool.ts";

/** Scratch of each thread. */
export const SCRATCH = 512 * 1024;

/** A memory, and what carries out commands on it. */
export interface Runtime {
  readonly arena: Arena;
  readonly executor: Executor;
}

/** @throws BackendError when the memory cannot be reserved, or the workers do not start */
export async function createRuntime(build: Build, threads: number, maxBytes: number): Promise<Runtime> {
  const shared = threads > 1;
  const module = await compileKernels(build, shared);
  const arena = new Arena({ shared, maxBytes });
  const scratch = allocScratch(arena, threads);
  const executor: Executor = shared
    ? await ThreadPool.start({ threads, module, memory: arena.memory, scratch })
    : new SingleExecutor(module, arena.memory, scratch[0]);
  return { arena, executor };
}

/** A further memory for the same threads. @throws BackendError when it cannot be reserved */
export function furtherRuntime(executor: Executor, maxBytes: number): Runtime {
  const arena = new Arena({ shared: executor.threads > 1, maxBytes });
  return { arena, executor: executor.attach(arena.memory, allocScratch(arena, executor.threads)) };
}

function allocScratch(arena: Arena, threads: number): readonly number[] {
  return Array.from({ length: threads }, () => arena.alloc(SCRATCH));
}
