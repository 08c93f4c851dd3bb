// A page that times a model on a gpujs backend.
import { filesSource } from "@helium-lm/helium";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { embeddedFiles, type EmbeddedModel } from "../../testing/browser/embedded-files.ts";
import { pollByTimer } from "../../testing/browser/poll-by-timer.ts";
import { offerTasks } from "../../testing/browser/tasks.ts";
import { greedySeconds, type GreedyTask } from "./greedy-seconds.ts";

pollByTimer();

interface PageTask extends GreedyTask {
  readonly mode: GpuJsMode;
  readonly model: EmbeddedModel;
}

offerTasks({
  async greedy({ mode, model, ...task }: PageTask) {
    const backend = await createGpuJsBackend({ mode });
    const seconds = await greedySeconds(backend, filesSource(embeddedFiles(model)), task);
    backend.dispose();
    return seconds;
  },
});
