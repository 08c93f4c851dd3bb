import { KernelContext } from "../../packages/tensor/src/backends/wasm/kernel-context.ts";
import { compileKernels } from "../../packages/tensor/src/backends/wasm/module.ts";
import { createInstance } from "../../packages/tensor/src/backends/wasm/instance.ts";

/** Larger than any cache, so that a pass over it reads memory. */
const BYTES = 512 * 2 ** 20;
/** What one command reads, the next one the bytes after it: about a matrix. */
const CHUNK = 16 * 2 ** 20;
/** Bytes per unit of the kernel. */
const UNIT = 65_536;

/** What a benchmark times: `work` is how much one run does. */
interface Timeable {
  readonly contender: string;
  readonly work: number;
  readonly run: () => void;
}

export interface Limits {
  /** Reads memory with the vectors that the kernels have: GB/s. */
  readonly sweep: Timeable;
  /** 120 commands that do nothing: what a token of a 24-layer model pays for joining its threads. */
  readonly joins: Timeable;
  readonly dispose: () => void;
}

/** What threads of the wasm backend could do at best on this machine. */
export async function machineLimits(threads: number): Promise<Limits> {
  const { arena, executor } = await createInstance(
    await compileKernels({ build: "plain", codegen: "plain", shared: threads > 1 }),
    threads,
    2 ** 32,
  );
  const context = new KernelContext(arena, executor, "plain");
  const region = arena.alloc(BYTES);
  // Pages that were never written are all the same page of zeros, which stays in the cache.
  arena.u8.fill(1, region, region + BYTES);
  let at = 0;
  return {
    sweep: {
      contender: "read sweep",
      work: CHUNK / 1e9,
      run: () => {
        context.words(0, region + at);
        context.run("sweep", CHUNK / UNIT, 8);
        at = (at + CHUNK) % BYTES;
      },
    },
    joins: {
      contender: "helium-lm",
      work: 1,
      run: () => {
        for (let i = 0; i < 120; i++) context.run("idle", threads, 1);
      },
    },
    dispose: () => executor.dispose(),
  };
}
