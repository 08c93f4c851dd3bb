// A page that runs the conformance suite on the gpujs backend and emits every outcome.
import { runGpuJsConformance, type GpuJsTask } from "../run-gpujs-conformance.ts";
import { offerTasks, type Emit } from "./tasks.ts";

offerTasks({
  conformance: (task: GpuJsTask, emit: Emit) => runGpuJsConformance(task, emit),
});
