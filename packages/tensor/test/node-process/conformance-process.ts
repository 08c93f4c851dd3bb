// A process that runs the conformance suite on the gpujs backend, the task being its argument.
import { runDeviceConformance, type DeviceTask } from "../../../../testing/conformance/run-on-device.ts";
import { tellParent } from "../../../../testing/tell-parent.ts";
import type { Message } from "./messages.ts";

const task = JSON.parse(process.argv[2]) as DeviceTask;
const tell = (message: Message): Promise<void> => tellParent(message);
await tell({ kind: "started", pid: process.pid });
try {
  const run = await runDeviceConformance(task, (outcome) => void tell({ kind: "outcome", outcome }));
  await tell({ kind: "done", run });
} catch (error) {
  await tell({ kind: "unavailable", reason: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
