import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import type { BackendReport, Outcome } from "@helium-lm/tensor/conformance/report";
import { runConformance } from "@helium-lm/tensor/conformance/run-conformance";
import { gpuJsConformance } from "./gpujs-options.ts";

/** What to run; the size of the run where it is not the mode's own. */
export interface GpuJsTask extends Pick<ConformanceOptions, "runs" | "seed" | "only"> {
  readonly mode: GpuJsMode;
}

export interface GpuJsRun {
  readonly report: BackendReport;
  /** What the backend says of itself when all is done: what is on the device then has leaked. */
  readonly info: BackendReport["info"];
}

/** Runs the conformance suite on the gpujs backend of this realm, a page or a process. */
export async function runGpuJsConformance(
  { mode, ...chosen }: GpuJsTask,
  onOutcome: (outcome: Outcome) => void,
): Promise<GpuJsRun> {
  const backend = await createGpuJsBackend({ mode });
  const options = { ...gpuJsConformance(mode), ...chosen, create: () => backend };
  const { report } = await runConformance(options, { onOutcome });
  // The suite has disposed the backend; its queue may not be empty yet.
  await backend.synchronize();
  return { report, info: backend.info() };
}
