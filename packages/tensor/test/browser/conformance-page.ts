// A page that runs the conformance suite on the gpujs backend and emits every outcome.
import { runGpuJsConformance, type GpuJsTask } from "../conformance/run-gpujs-conformance.ts";
import { pollByTimer } from "./poll-by-timer.ts";
import { offerTasks, type Emit } from "./tasks.ts";

pollByTimer();

offerTasks({
  conformance: (task: GpuJsTask, emit: Emit) => runGpuJsConformance(task, emit),
});
