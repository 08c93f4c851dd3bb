// A page that runs models on a gpujs backend, one for all tasks so that they share its kernels.
import { filesSource } from "@helium-lm/helium";
import type { Backend } from "@helium-lm/tensor";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { pollByTimer } from "../../../../testing/browser/poll-by-timer.ts";
import { offerTasks } from "../../../../testing/browser/tasks.ts";
import { embeddedFiles, type EmbeddedModel } from "../../../../testing/browser/embedded-files.ts";
import { runGreedy } from "./greedy-run.ts";
import { runHead, type HeadTask } from "./head-run.ts";

pollByTimer();

let backend: Backend;

interface GreedyTask {
  readonly prompt: number[];
  readonly steps: number;
}

offerTasks({
  async start(mode: GpuJsMode) {
    backend = await createGpuJsBackend({ mode });
  },

  head: ({ model, ...task }: HeadTask & { readonly model: EmbeddedModel }) =>
    runHead(backend, filesSource(embeddedFiles(model)), task),

  greedy: ({ model, prompt, steps }: GreedyTask & { readonly model: EmbeddedModel }) =>
    runGreedy(backend, filesSource(embeddedFiles(model)), prompt, steps),

  /** `backend.info()` when its queue is empty. */
  async info() {
    await backend.synchronize();
    return backend.info?.();
  },

  end: () => backend.dispose(),
});
