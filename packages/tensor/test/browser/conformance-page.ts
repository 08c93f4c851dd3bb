// A page that runs the conformance suite on the gpujs backend and emits every outcome.
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { runConformance } from "@helium-lm/tensor/conformance/run";
import { gpuJsConformance } from "../gpujs-conformance.ts";
import { offerTasks, type Emit } from "./tasks.ts";

offerTasks({
  async conformance(mode: GpuJsMode, emit: Emit) {
    const backend = await createGpuJsBackend({ mode });
    await runConformance({ ...gpuJsConformance(mode), create: () => backend }, { onOutcome: emit });
    // The suite has disposed the backend; once its queue is empty, what is left on the device leaked.
    await backend.synchronize();
    return backend.info();
  },
});
