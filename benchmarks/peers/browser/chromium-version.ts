import { execFileSync } from "node:child_process";
import { findChromium } from "../../../testing/browser/chromium.ts";

/** `Chromium 156.0.8078.73 built on …` → `{ chromium: "156.0.8078.73" }`: its SwiftShader computes the figures of pages. */
export function chromiumVersion(): { readonly chromium?: string } {
  const executable = findChromium();
  if (executable === null) return {};
  const [version] = /[\d.]+/.exec(execFileSync(executable, ["--version"], { encoding: "utf8", stdio: "pipe" })) ?? [];
  return version === undefined ? {} : { chromium: version };
}
