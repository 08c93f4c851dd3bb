import { fileURLToPath } from "node:url";
import { modelSource } from "@helium-lm/helium";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { BrowserPage } from "../../testing/browser/browser-page.ts";
import { embedModel } from "../../testing/browser/embed-model.ts";
import type { Result } from "../report.ts";
import { summary } from "../rounds.ts";
import { greedySeconds, type GreedyTask } from "./greedy-seconds.ts";

const folder = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));
const pageEntry = fileURLToPath(new URL("gpujs-nano-page.ts", import.meta.url));

const task: GreedyTask = { prompt: [1, 588, 1027, 271, 717, 265, 350, 1367], steps: 32 };
/** Steps that build kernels and warm up; they are not counted. */
const WARM_UP = 8;

/** helium-nano's greedy decode on the gpujs backend, one token at a time: in Node, or in a headless Chromium. */
export async function gpuJsNano(mode: GpuJsMode, label: string): Promise<Result> {
  const seconds = await (mode === "cpu" ? greedyInNode() : greedyInPage(mode));
  const runs = seconds.slice(WARM_UP).map((end, i) => 1 / (end - (seconds[WARM_UP + i - 1] ?? 0)));
  return { test: `helium-nano decode, ${label}`, contender: "helium-lm", unit: "tok/s", ...summary(runs), runs };
}

async function greedyInNode(): Promise<readonly number[]> {
  const backend = await createGpuJsBackend({ mode: "cpu" });
  const seconds = await greedySeconds(backend, await modelSource(folder), task);
  backend.dispose();
  return seconds;
}

async function greedyInPage(mode: GpuJsMode): Promise<readonly number[]> {
  const page = await BrowserPage.open(pageEntry);
  try {
    return await page.run<number[]>("greedy", { ...task, mode, model: embedModel(folder) });
  } finally {
    await page.close();
  }
}
