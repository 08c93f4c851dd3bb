import type { Backend } from "../../backend.ts";
import { ArgumentError, BackendError } from "../../errors.ts";
import { physicalCores } from "../../workers/physical-cores.ts";
import { chooseCodegen, type Codegen } from "./codegen/choose.ts";
import { detectFeatures, type Features } from "./features.ts";
import type { Build } from "./module.ts";
import { startBackend } from "./start.ts";

export interface WasmBackendOptions {
  /**
   * Threads that share one op, the calling one included. Default: the physical cores, at most 8; 1 where there is no shared
   * memory or no worker starts, of which `info().threadsReason` tells.
   */
  readonly threads?: number;
  /** `relaxed` = fused multiply-add and 8-bit dot products, `plain` = baseline SIMD. Default: the best that runs. */
  readonly simd?: "auto" | Build;
  /**
   * `wide` = V8 in Node pairs 128-bit operations into 256-bit ones, for products up to twice as fast with the same bits.
   * It compiles all kernels at once (about 0.3 s in which the process waits) with flags that are V8's experiments, compares
   * them with plain code, and stays plain where it has no such code or another bit comes out: `info().codegen` says which
   * it is, `codegenReason` why it is plain. `plain` = as written. `auto`, the default, is plain: the flags are the
   * process's. The `helium` command asks for wide code.
   */
  readonly codegen?: "auto" | Codegen;
  /** Most bytes of a linear memory; default and limit 4 GiB. Matrices that find no room there get further memories. */
  readonly maxMemoryBytes?: number;
}

const LIMIT = 2 ** 32;

/**
 * The WebAssembly backend: SIMD kernels on linear memory shared by a pool of threads, of which the caller is the
 * first. Results do not depend on the number of threads.
 *
 * @throws BackendError without SIMD, or when an option asks for what this engine lacks; ArgumentError for bad options
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  const { codegen, reason: codegenReason } = await chooseCodegen(options.codegen ?? "auto");
  const features = await detectFeatures();
  if (!features.simd)
    throw new BackendError("wasm", "this engine has no WebAssembly SIMD; use the cpu backend", { ...features });
  const { threads, reason: threadsReason } = await chooseThreads(options, features);
  const maxBytes = options.maxMemoryBytes ?? LIMIT;
  if (!(maxBytes > 0 && maxBytes <= LIMIT))
    throw new ArgumentError("wasm", `maxMemoryBytes is ${maxBytes}; expected 1 to ${LIMIT}`, { given: maxBytes });
  const build = chooseBuild(options, features);
  const { simd = "auto" } = options;
  return startBackend({
    ...{ build, codegen, threads, maxBytes },
    asked: { build: simd !== "auto", threads: options.threads !== undefined },
    reasons: { ...(codegenReason && { codegenReason }), ...(threadsReason && { threadsReason }) },
  });
}

/** How many threads, and why one where that is not the user's choice. */
async function chooseThreads(
  { threads }: WasmBackendOptions,
  { sharedMemory }: Features,
): Promise<{ readonly threads: number; readonly reason?: string }> {
  if (threads === undefined) {
    if (sharedMemory) return { threads: await physicalCores() };
    return { threads: 1, reason: "no SharedArrayBuffer, which pages have only when cross-origin isolated" };
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new ArgumentError("wasm", `threads is ${threads}; expected an integer from 1 to 64`, { given: threads });
  if (threads > 1 && !sharedMemory)
    throw new BackendError(
      "wasm",
      "threads need SharedArrayBuffer, which pages have only when cross-origin isolated; run with threads: 1",
      { option: "threads", threads },
    );
  return { threads };
}

function chooseBuild({ simd = "auto" }: WasmBackendOptions, { relaxedSimd }: Features): Build {
  if (simd === "auto") return relaxedSimd ? "relaxed" : "plain";
  if (simd !== "plain" && simd !== "relaxed")
    throw new ArgumentError("wasm", `simd is "${String(simd)}"; expected auto, plain or relaxed`, { given: simd });
  if (simd === "relaxed" && !relaxedSimd)
    throw new BackendError("wasm", 'this engine has no relaxed SIMD; use simd: "plain"', { option: "simd", simd });
  return simd;
}
