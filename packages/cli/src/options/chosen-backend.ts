import { createBackend, type Backend } from "@helium-lm/tensor";
import type { SharedOptions } from "./shared-options.ts";
import { UsageError } from "./option-table.ts";

/** The options that are about the backend. */
export interface BackendChoice extends Pick<SharedOptions, "backend" | "gpujsMode" | "threads" | "codegen"> {
  /** For webgpu in Node. */
  readonly dawnFlags?: readonly string[];
}

/**
 * The backend that the options name; GPU.js has to be told where to compute, too.
 *
 * @throws UsageError for an option without its backend or gpujs without a mode, BackendError where it cannot run
 */
export async function chosenBackend(choice: BackendChoice): Promise<Backend> {
  const { backend = "auto", gpujsMode, codegen } = choice;
  if (backend !== "gpujs" && gpujsMode !== undefined)
    throw new UsageError("helium", `--gpujs-mode is for --backend gpujs, not ${backend}; leave one out`);
  if (backend === "gpujs" && gpujsMode === undefined)
    throw new UsageError(
      "helium",
      "--backend gpujs needs --gpujs-mode; say where it should compute, for example webgpu",
    );
  if (!usesWasm(backend) && codegen !== undefined)
    throw new UsageError("helium", `--codegen is for --backend wasm, not ${backend}; leave one out`);
  return namedBackend(backend, choice);
}

/**
 * A backend with those of the options that it has. This process is the command's own: unless `--codegen plain` is given,
 * wasm has V8 make wide code.
 *
 * @throws BackendError where it cannot run
 */
export async function namedBackend(
  name: string,
  { gpujsMode, threads, codegen, dawnFlags }: BackendChoice,
): Promise<Backend> {
  return createBackend(name, {
    ...(name === "gpujs" && { mode: gpujsMode }),
    ...(usesWasm(name) && { codegen: codegen === "plain" ? "plain" : "wide" }),
    ...(name === "webgpu" && dawnFlags && { dawnFlags }),
    ...(threads !== undefined && { threads }),
  });
}

const usesWasm = (name: string): boolean => name === "auto" || name === "wasm";
