import { it } from "vitest";
import { describeRemoteConformance } from "./describe-remote-conformance.ts";
import { startInProcess, whyNotInProcess } from "./node-process/process-runner.ts";

const title = "conformance of gpujs webgpu in Node";
const reason = await whyNotInProcess("webgpu");
// The kernels are those that Chromium runs with more calls; here it is the bindings that are new.
if (reason === null) describeRemoteConformance(title, { mode: "webgpu", runs: 1 }, startInProcess);
else it.skip(`${title}: ${reason}`, () => undefined);
