import { fileURLToPath } from "node:url";
import { modelSource } from "@helium-lm/helium";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { embedModel } from "../../packages/helium/test/browser/embed-model.ts";
import { runGreedy, type GreedyResults } from "../../packages/helium/test/browser/greedy-run.ts";
import { BrowserPage } from "../../packages/tensor/test/browser/browser-page.ts";
import type { Result } from "../report.ts";
import { summary } from "../rounds.ts";

const folder = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));
const pageEntry = fileURLToPath(new URL("../../packages/helium/test/browser/model-page.ts", import.meta.url));

const prompt = [1, 588, 1027, 271, 717, 265, 350, 1367];
const STEPS = 32;
/** Steps that build kernels and warm up; they are not counted. */
const WARM_UP = 8;

/** helium-nano's greedy decode on the gpujs backend, one token at a time: in Node, or in a headless Chromium. */
export async function gpuJsNano(mode: GpuJsMode, label: string): Promise<Result> {
  const { seconds } = await (mode === "cpu" ? greedyInNode() : greedyInPage(mode));
  const runs = seconds.slice(WARM_UP).map((end, i) => 1 / (end - (seconds[WARM_UP + i - 1] ?? 0)));
  return { test: `helium-nano decode, ${label}`, contender: "helium-lm", unit: "tok/s", ...summary(runs), runs };
}

async function greedyInNode(): Promise<GreedyResults> {
  const backend = await createGpuJsBackend({ mode: "cpu" });
  const results = await runGreedy(backend, await modelSource(folder), prompt, STEPS);
  backend.dispose();
  return results;
}

async function greedyInPage(mode: GpuJsMode): Promise<GreedyResults> {
  const page = await BrowserPage.open(pageEntry);
  try {
    await page.run("start", mode);
    return await page.run<GreedyResults>("greedy", { model: embedModel(folder), prompt, steps: STEPS });
  } finally {
    await page.close();
  }
}
