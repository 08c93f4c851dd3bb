import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { BrowserPage } from "../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../testing/browser/chromium.ts";
import { gpuJsMatmul, type MatmulTask } from "./kernels/gpujs-matmul.ts";
import { gpuJsNano } from "./model-speed/gpujs-nano.ts";
import { chromiumVersion } from "./peers/browser/chromium-version.ts";
import { conditions, printResults, saveReport, type Result } from "./report.ts";
import type { Timed } from "./rounds.ts";

/** Pages get a software renderer, whatever the machine has: the figures say nothing about graphics cards. */
const places = [
  { mode: "cpu", label: "cpu in Node", inPage: false },
  { mode: "webgl2", label: "webgl2 on SwiftShader", inPage: true },
  { mode: "webgpu", label: "webgpu on SwiftShader", inPage: true },
] as const;

const SIZES = [128, 256];

const matmulPage = fileURLToPath(new URL("kernels/gpujs-matmul-page.ts", import.meta.url));

/** The gpujs backend in the modes that run here: matmul beside GPU.js' own example kernel, and a model's decode. */
export async function gpuJsBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const results: Result[] = [];
  const missing: { readonly contender: string; readonly reason: string }[] = [];
  for (const { mode, label, inPage } of places) {
    if (inPage && findChromium() === null) {
      console.log(`${label}: ${needsChromium}`);
      missing.push({ contender: label, reason: needsChromium });
      continue;
    }
    const found = [...(await matmulResults(mode, label)), await gpuJsNano(mode, label)];
    printResults(found, "helium-lm");
    results.push(...found);
  }
  const { version } = createRequire(import.meta.url)("gpu.js/package.json") as { readonly version: string };
  saveReport(name, before, { versions: { "gpu.js": version, ...chromiumVersion() }, missing, results });
}

async function matmulResults(mode: GpuJsMode, label: string): Promise<Result[]> {
  const page = mode === "cpu" ? null : await BrowserPage.open(matmulPage);
  const run = (task: MatmulTask): Promise<Timed[]> => page?.run<Timed[]>("matmul", task) ?? gpuJsMatmul(task);
  const results: Result[] = [];
  try {
    for (const n of SIZES)
      for (const timed of await run({ mode, n }))
        results.push({ test: `matmul f32 ${n}³, ${label}`, unit: "GFLOP/s", ...timed });
  } finally {
    await page?.close();
  }
  return results;
}
