import { it } from "vitest";
import { describeRemoteConformance } from "../conformance/describe-remote-conformance.ts";
import { fewerOnSoftware } from "../conformance/fewer-on-software.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { startInPage } from "../../../../testing/conformance/page-runner.ts";
import type { GpuJsTask } from "../../../../testing/conformance/run-gpujs.ts";

/** The conformance suite on the gpujs backend in a page of a headless Chromium. */
export function describeConformanceInPage(task: GpuJsTask): void {
  const title = `conformance of gpujs ${task.mode} in Chromium`;
  if (findChromium() === null) return it.skip(`${title} ${needsChromium}`, () => undefined);
  describeRemoteConformance(title, { ...task, ...fewerOnSoftware("matmul") }, startInPage);
}
