import { fileURLToPath } from "node:url";
import type { BackendReport, Outcome } from "@helium-lm/tensor/conformance/report";
import { BrowserPage } from "../browser/browser-page.ts";
import type { DeviceMode } from "./device-options.ts";
import type { DeviceTask } from "./run-on-device.ts";
import type { Runner } from "./runner.ts";

const entry = fileURLToPath(new URL("device-page.ts", import.meta.url));

/** What needs a browser, modes of gpujs and webgpu, as the suite runs it for the matrix in the docs. */
export const conformancePages: Readonly<Record<string, DeviceMode>> = {
  "gpujs-webgl2": "webgl2",
  "gpujs-webgpu": "webgpu",
  webgpu: "wgsl",
};

/** Opens a page of a headless Chromium that runs the suite. */
export async function startInPage(task: DeviceTask): Promise<Runner> {
  const page = await BrowserPage.open(entry);
  return {
    errors: page.errors,
    run: (onOutcome) => page.run("conformance", task, onOutcome),
    close: () => page.close(),
  };
}

/** Runs the suite in a page of a headless Chromium. */
export async function runInPage(task: DeviceTask, onOutcome: (outcome: Outcome) => void): Promise<BackendReport> {
  const page = await startInPage(task);
  try {
    return (await page.run(onOutcome)).report;
  } finally {
    await page.close();
  }
}
