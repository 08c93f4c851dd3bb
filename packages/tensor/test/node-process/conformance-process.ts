// A process that runs the conformance suite on the gpujs backend, the task being its argument.
import { runGpuJsConformance, type GpuJsTask } from "../../../../testing/conformance/run-gpujs.ts";
import type { Message } from "./messages.ts";

const task = JSON.parse(process.argv[2]) as GpuJsTask;
const tell = (message: Message): void => void process.send?.(message);
tell({ kind: "started", pid: process.pid });
try {
  tell({ kind: "done", run: await runGpuJsConformance(task, (outcome) => tell({ kind: "outcome", outcome })) });
} catch (error) {
  tell({ kind: "unavailable", reason: error instanceof Error ? error.message : String(error) });
}
process.disconnect();
