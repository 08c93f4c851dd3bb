import { it } from "vitest";
import { describeRemoteConformance } from "../conformance/describe-remote-conformance.ts";
import { deviceConformance } from "../../../../testing/conformance/device-options.ts";
import type { DeviceTask } from "../../../../testing/conformance/run-on-device.ts";
import { fewerOnSoftware } from "../conformance/fewer-on-software.ts";
import { startInProcess, whyNotInProcess } from "./process-runner.ts";

/**
 * The conformance suite on a device in a Node process of its own, where the mode runs there.
 *
 * @param fewer what the short form runs instead
 */
export async function describeConformanceInProcess(
  task: DeviceTask,
  fewer: Partial<DeviceTask> = fewerOnSoftware("matmul"),
): Promise<void> {
  const title = `conformance of ${deviceConformance(task.mode).name} in Node`;
  const reason = await whyNotInProcess(task.mode);
  if (reason === null) describeRemoteConformance(title, { ...task, ...fewer }, startInProcess);
  else it.skip(`${title}: ${reason}`, () => undefined);
}
