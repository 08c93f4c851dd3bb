import { it } from "vitest";
import { describeRemoteConformance } from "../conformance/describe-remote-conformance.ts";
import { fewerOnSoftware } from "../conformance/fewer-on-software.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { startInPage } from "../../../../testing/conformance/page-runner.ts";
import { deviceConformance } from "../../../../testing/conformance/device-options.ts";
import type { DeviceTask } from "../../../../testing/conformance/run-on-device.ts";

/** The conformance suite on a device in a page of a headless Chromium. */
export function describeConformanceInPage(task: DeviceTask): void {
  const title = `conformance of ${deviceConformance(task.mode).name} in Chromium`;
  if (findChromium() === null) return it.skip(`${title} ${needsChromium}`, () => undefined);
  describeRemoteConformance(title, { ...task, ...fewerOnSoftware("matmul") }, startInPage);
}
