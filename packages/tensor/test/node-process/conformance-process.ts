// A process that runs the conformance suite on the gpujs backend, the task being its argument.
import { runDeviceConformance, type DeviceTask } from "../../../../testing/conformance/run-on-device.ts";
import type { Message } from "./messages.ts";

const task = JSON.parse(process.argv[2]) as DeviceTask;
const tell = (message: Message): void => void process.send?.(message);
tell({ kind: "started", pid: process.pid });
try {
  tell({ kind: "done", run: await runDeviceConformance(task, (outcome) => tell({ kind: "outcome", outcome })) });
} catch (error) {
  tell({ kind: "unavailable", reason: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
