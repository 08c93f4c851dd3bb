import { createBackend, type Backend } from "@helium-lm/tensor";
import type { SharedOptions } from "./shared-options.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The backend that the options name; GPU.js has to be told where to compute, too.
 *
 * @throws UsageError for a mode without that backend or that backend without a mode, BackendError where it cannot run
 */
export async function chosenBackend({
  backend = "auto",
  gpujsMode,
  threads,
}: Pick<SharedOptions, "backend" | "gpujsMode" | "threads">): Promise<Backend> {
  if (backend !== "gpujs" && gpujsMode !== undefined)
    throw new UsageError("helium", `--gpujs-mode is for --backend gpujs, given ${backend}; leave one out`);
  if (backend === "gpujs" && gpujsMode === undefined)
    throw new UsageError("helium", "--backend gpujs needs --gpujs-mode; say where it shall compute, e.g. webgpu");
  return createBackend(backend, {
    ...(backend === "gpujs" && { mode: gpujsMode }),
    ...(threads !== undefined && { threads }),
  });
}
