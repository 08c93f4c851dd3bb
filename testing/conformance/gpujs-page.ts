// A page that runs the conformance suite on the gpujs backend and emits every outcome.
import { pollByTimer } from "../browser/poll-by-timer.ts";
import { offerTasks, type Emit } from "../browser/tasks.ts";
import { runGpuJsConformance, type GpuJsTask } from "./run-gpujs.ts";

pollByTimer();

offerTasks({
  conformance: (task: GpuJsTask, emit: Emit) => runGpuJsConformance(task, emit),
});
