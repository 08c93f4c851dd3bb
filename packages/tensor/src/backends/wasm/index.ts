import type { Backend } from "../../backend.ts";
import { ArgumentError, BackendError } from "../../errors.ts";
import { WasmBackend } from "./backend.ts";
import { Device } from "./device.ts";
import { detectFeatures, type Features } from "./features.ts";
import type { Build } from "./module.ts";
import { physicalCores } from "./physical-cores.ts";
import { createRuntime } from "./runtime.ts";
import { selfTest } from "./self-test.ts";

export interface WasmBackendOptions {
  /** Threads that share one op, the calling one included. Default: the physical cores, at most 8; 1 without shared memory. */
  readonly threads?: number;
  /** `relaxed` = fused multiply-add and 8-bit dot products, `plain` = baseline SIMD. Default: the best that runs. */
  readonly simd?: "auto" | Build;
  /** Most bytes of a linear memory; default and limit 4 GiB. Matrices that find no room there get further memories. */
  readonly maxMemoryBytes?: number;
}

const LIMIT = 2 ** 32;

/**
 * The WebAssembly backend: SIMD kernels on linear memory shared by a pool of threads, of which the caller is the
 * first. Results do not depend on the number of threads.
 *
 * @throws BackendError without SIMD or when the workers do not start; ArgumentError for bad options
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  const features = await detectFeatures();
  if (!features.simd)
    throw new BackendError("wasm", "this engine has no WebAssembly SIMD; use the cpu backend", { ...features });
  const threads = await threadCount(options, features);
  const maxBytes = options.maxMemoryBytes ?? LIMIT;
  if (!(maxBytes > 0 && maxBytes <= LIMIT))
    throw new ArgumentError("wasm", `maxMemoryBytes is ${maxBytes}; expected 1 to ${LIMIT}`, { given: maxBytes });
  const wanted = chooseBuild(options, features);
  const started = await start(wanted, threads, maxBytes);
  if (started.failed === null) return started.backend;
  started.backend.dispose();
  const reason = `the ${wanted} build of ${started.failed} gives wrong results on this engine`;
  if (wanted === "plain" || options.simd === "relaxed")
    throw new BackendError("wasm", `${reason}; use ${wanted === "plain" ? "the cpu backend" : 'simd: "plain"'}`, {
      build: wanted,
      kernel: started.failed,
    });
  const plain = await start("plain", threads, maxBytes, reason);
  if (plain.failed === null) return plain.backend;
  plain.backend.dispose();
  throw new BackendError("wasm", `${plain.failed} gives wrong results on this engine; use the cpu backend`, {
    build: "plain",
    kernel: plain.failed,
  });
}

/** A backend of one build, and the kernel that failed its self-test. */
async function start(
  build: Build,
  threads: number,
  maxBytes: number,
  fallback?: string,
): Promise<{ readonly backend: Backend; readonly failed: string | null }> {
  const { arena, executor } = await createRuntime(build, threads, maxBytes);
  const report = { backend: "wasm", threads, simd: build, sharedMemory: threads > 1, ...(fallback && { fallback }) };
  const backend = new WasmBackend(new Device(arena, executor, build), executor, build, maxBytes, report);
  return { backend, failed: selfTest(arena, executor, build) };
}

async function threadCount({ threads }: WasmBackendOptions, { sharedMemory }: Features): Promise<number> {
  if (threads === undefined) return sharedMemory ? physicalCores() : 1;
  if (!Number.isInteger(threads) || threads < 1 || threads > 64)
    throw new ArgumentError("wasm", `threads is ${threads}; expected an integer from 1 to 64`, { given: threads });
  if (threads > 1 && !sharedMemory)
    throw new BackendError(
      "wasm",
      "threads need SharedArrayBuffer, which pages have only when cross-origin isolated; run with threads: 1",
      { threads },
    );
  return threads;
}

function chooseBuild({ simd = "auto" }: WasmBackendOptions, { relaxedSimd }: Features): Build {
  if (simd === "auto") return relaxedSimd ? "relaxed" : "plain";
  if (simd !== "plain" && simd !== "relaxed")
    throw new ArgumentError("wasm", `simd is "${String(simd)}"; expected auto, plain or relaxed`, { given: simd });
  if (simd === "relaxed" && !relaxedSimd)
    throw new BackendError("wasm", 'this engine has no relaxed SIMD; use simd: "plain"', { simd });
  return simd;
}
