import { it } from "vitest";
import { describeRemoteConformance } from "../conformance/describe-remote-conformance.ts";
import type { GpuJsTask } from "../../../../testing/conformance/run-gpujs.ts";
import { fewerOnSoftware } from "../conformance/fewer-on-software.ts";
import { startInProcess, whyNotInProcess } from "./process-runner.ts";

/** The conformance suite on the gpujs backend in a Node process of its own, where the mode runs there. */
export async function describeConformanceInProcess(task: GpuJsTask): Promise<void> {
  const title = `conformance of gpujs ${task.mode} in Node`;
  const reason = await whyNotInProcess(task.mode);
  if (reason === null) describeRemoteConformance(title, { ...task, ...fewerOnSoftware("matmul") }, startInProcess);
  else it.skip(`${title}: ${reason}`, () => undefined);
}
