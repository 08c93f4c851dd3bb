import { filesSource } from "@helium-lm/helium";
import type { Backend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { createWebGpuBackend } from "@helium-lm/tensor/backends/webgpu";
import { embeddedFiles, type EmbeddedModel } from "../../testing/browser/embedded-files.ts";
import { pollByTimer } from "../../testing/browser/poll-by-timer.ts";
import { greedySeconds, type GreedyTask } from "../model-speed/greedy-seconds.ts";

export interface PageGreedyTask extends GreedyTask {
  readonly backend: keyof typeof backends;
  readonly model: EmbeddedModel;
}

const backends = {
  webgpu: () => createWebGpuBackend(),
  gpujs: (): Promise<Backend> => {
    pollByTimer();
    return createGpuJsBackend({ mode: "webgpu" });
  },
};

/** Seconds until each token. */
export async function greedyInPage({ backend: name, model, ...task }: PageGreedyTask): Promise<readonly number[]> {
  const backend = await backends[name]();
  const seconds = await greedySeconds(backend, filesSource(embeddedFiles(model)), task);
  backend.dispose();
  return seconds;
}
