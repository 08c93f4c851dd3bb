import { fileURLToPath } from "node:url";
import type { GpuJsTask } from "../conformance/run-gpujs-conformance.ts";
import type { Runner } from "../conformance/runner.ts";
import { BrowserPage } from "./browser-page.ts";

const entry = fileURLToPath(new URL("conformance-page.ts", import.meta.url));

/** Runs the suite in a page of a headless Chromium. */
export async function startInPage(task: GpuJsTask): Promise<Runner> {
  const page = await BrowserPage.open(entry);
  return {
    errors: page.errors,
    run: (onOutcome) => page.run("conformance", task, onOutcome),
    close: () => page.close(),
  };
}
