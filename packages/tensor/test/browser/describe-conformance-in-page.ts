import { it } from "vitest";
import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { describeRemoteConformance } from "../conformance/describe-remote-conformance.ts";
import { fewerOnSoftware } from "../conformance/fewer-on-software.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { startInPage } from "../../../../testing/conformance/page-runner.ts";

/** The conformance suite on the gpujs backend in a page of a headless Chromium. */
export function describeConformanceInPage(mode: GpuJsMode): void {
  const title = `conformance of gpujs ${mode} in Chromium`;
  if (findChromium() === null) return it.skip(`${title} ${needsChromium}`, () => undefined);
  describeRemoteConformance(title, { mode, ...fewerOnSoftware("matmul") }, startInPage);
}
