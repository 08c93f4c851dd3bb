import type { Backend } from "../../contract/backend.ts";
import { BackendError, WorkersRefusedError } from "../../errors.ts";
import { WasmBackend } from "./backend.ts";
import type { Codegen } from "./codegen/choose.ts";
import { firstDifference } from "./codegen/guard.ts";
import { KernelContext } from "./kernel-context.ts";
import { compileKernels, type Build } from "./module.ts";
import { createInstance } from "./instance.ts";
import { selfTest } from "./self-test/self-test.ts";

/** What a backend is to be. */
export interface Plan {
  readonly build: Build;
  readonly codegen: Codegen;
  readonly threads: number;
  readonly maxBytes: number;
  /** What was asked for by name does not give way. */
  readonly asked: { readonly build: boolean; readonly threads: boolean };
  /** For `info()`: why something is less than it might be. */
  readonly reasons: {
    readonly fallback?: string;
    readonly codegenReason?: string;
    readonly threadsReason?: string;
  };
}

/** Wide code that cannot be used; plain code can. */
class WideCodeError extends BackendError {
  constructor(message: string, cause?: unknown) {
    super("wasm", message, { codegen: "wide" }, { cause });
  }
}

/** A build of which a kernel fails the self-test. */
class WrongBuildError extends BackendError {
  constructor({ build, asked }: Plan, kernel: string) {
    super(
      "wasm",
      `the ${build} build of ${kernel} gives wrong results on this engine; use ` +
        (build === "plain" ? "the cpu backend" : 'simd: "plain"'),
      { build, kernel, ...(asked.build && { option: "simd" }) },
    );
  }
}

/**
 * Starts a backend by a plan. What turns out not to work here gives way: wide code to plain code and, unless they were
 * asked for, threads to one and relaxed SIMD to plain.
 *
 * @throws BackendError where nothing is left to give way
 */
export async function startBackend(plan: Plan): Promise<Backend> {
  try {
    return await start(plan);
  } catch (error) {
    const next = lesser(plan, error);
    if (next === null) throw error;
    return startBackend(next);
  }
}

/** What the comparison of a wide module with plain code found. */
const differences = new WeakMap<WebAssembly.Module, string | null>();

async function start(plan: Plan): Promise<Backend> {
  const { build, codegen, threads, maxBytes, reasons } = plan;
  const sharedMemory = threads > 1;
  const plain = { build, codegen: "plain", shared: sharedMemory } as const;
  const module = await (codegen === "wide" ? compileWide(build, sharedMemory) : compileKernels(plain));
  const { arena, executor, scratch } = await createInstance(module, threads, maxBytes);
  const report = { backend: "wasm", threads, simd: build, codegen, sharedMemory, ...reasons };
  const backend = new WasmBackend(
    new KernelContext(arena, executor, build, codegen),
    executor,
    build,
    maxBytes,
    report,
  );
  try {
    if (codegen === "wide") {
      let difference = differences.get(module);
      if (difference === undefined) {
        const modules = [module, await compileKernels(plain)] as const;
        difference = firstDifference(modules, { arena, scratch: scratch[0], build });
        differences.set(module, difference);
      }
      if (difference !== null)
        throw new WideCodeError(`256-bit code gives other bits than plain code in ${difference}`);
    }
    const failed = selfTest(arena, executor, build);
    if (failed !== null) throw new WrongBuildError(plan, failed);
    return backend;
  } catch (error) {
    backend.dispose();
    throw error;
  }
}

async function compileWide(build: Build, shared: boolean): Promise<WebAssembly.Module> {
  try {
    return await compileKernels({ build, codegen: "wide", shared });
  } catch (cause) {
    throw new WideCodeError("the engine does not compile the kernels to 256-bit code", cause);
  }
}

/** The plan without what the error is about, or null where that may not give way. */
function lesser(plan: Plan, error: unknown): Plan | null {
  const { reasons, asked } = plan;
  if (error instanceof WideCodeError)
    return { ...plan, codegen: "plain", reasons: { ...reasons, codegenReason: error.message } };
  if (error instanceof WorkersRefusedError && !asked.threads)
    return { ...plan, threads: 1, reasons: { ...reasons, threadsReason: error.message } };
  if (error instanceof WrongBuildError && plan.build === "relaxed" && !asked.build)
    return { ...plan, build: "plain", reasons: { ...reasons, fallback: error.message } };
  return null;
}
