import { Arena } from "./arena.ts";
import { SingleExecutor, type Executor } from "./executor.ts";
import { compileKernels, instantiateKernels, type Build } from "./module.ts";
import { ThreadPool } from "./thread-pool.ts";

/** Scratch of each thread. */
const SCRATCH = 512 * 1024;

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
  const kernels = await instantiateKernels(module, arena.memory);
  const scratch = Array.from({ length: threads }, () => arena.alloc(SCRATCH));
  const executor: Executor = shared
    ? await ThreadPool.start({ threads, module, memory: arena.memory, kernels, scratch })
    : new SingleExecutor(kernels, scratch[0]);
  return { arena, executor };
}
