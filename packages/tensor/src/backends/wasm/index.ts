import type { Backend } from "../../contract/backend.ts";
import { ArgumentError, BackendError } from "../../errors.ts";
import { checkOptionNames } from "../../option-names.ts";
import { physicalCores } from "../../workers/physical-cores.ts";
import { chooseCodegen } from "./codegen/choose.ts";
import { detectFeatures, type Features } from "./features.ts";
import type { Build } from "./module.ts";
import { wasmOptions, type WasmBackendOptions } from "./options.ts";
import { startBackend } from "./start.ts";

export type { WasmBackendOptions } from "./options.ts";

const LIMIT = 2 ** 32;

/**
 * The WebAssembly backend: SIMD kernels on linear memory shared by a pool of threads, of which the caller is the
 * first. Results do not depend on the number of threads.
 *
 * @throws BackendError without SIMD, or when an option asks for what this engine lacks; ArgumentError for bad options
 */
export async function createWasmBackend(options: WasmBackendOptions = {}): Promise<Backend> {
  checkOptionNames("the wasm backend", options, wasmOptions);
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
