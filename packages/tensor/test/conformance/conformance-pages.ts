import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { BackendReport, Outcome } from "@helium-lm/tensor/conformance/report";
import { startInPage } from "../browser/page-runner.ts";
import type { GpuJsTask } from "./run-gpujs-conformance.ts";

/** The modes of gpujs that need a browser, as the suite runs them for the matrix in the docs. */
export const conformancePages: Readonly<Record<string, GpuJsMode>> = {
  "gpujs-webgl2": "webgl2",
  "gpujs-webgpu": "webgpu",
};

/** Runs the suite in a page of a headless Chromium. */
export async function runInPage(task: GpuJsTask, onOutcome: (outcome: Outcome) => void): Promise<BackendReport> {
  const page = await startInPage(task);
  try {
    return (await page.run(onOutcome)).report;
  } finally {
    await page.close();
  }
}
