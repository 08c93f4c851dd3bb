import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { BrowserPage } from "../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../testing/browser/chromium.ts";
import type { Quantized } from "./quantized.ts";

const library = new URL("quantized.ts", import.meta.url).href;
const entry = fileURLToPath(new URL("browser/quantize-page.ts", import.meta.url));

/** Quantises in `node … -e`, which ends by itself only if no worker keeps it. */
function inProcess(...flags: string[]): Quantized {
  const source = `const { quantized } = await import(${JSON.stringify(library)});
console.log(JSON.stringify(await quantized()));`;
  const args = ["--disable-warning=ExperimentalWarning", ...flags, "--input-type=module", "-e", source];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 240_000 })) as Quantized;
}

test("workers of a process quantise, and let it end", () => {
  expect(inProcess()).toEqual({ isSame: true, refused: null });
});

test("refused by the permission model: one thread does it, and says so", () => {
  const { isSame, refused } = inProcess("--permission", "--allow-fs-read=*");
  expect(isSame).toBe(true);
  expect(refused).toContain("allow-worker");
});

describe("in Chromium", () => {
  if (findChromium() === null) return test.skip(needsChromium, () => undefined);

  test.each([
    ["workers quantise, without isolation too", {}, null],
    ["refused by its policy", { "Content-Security-Policy": "worker-src 'none'" }, "worker-src blob:"],
  ])("%s", async (_, headers, reason) => {
    const opened = await BrowserPage.open(entry, headers);
    try {
      const { isSame, refused } = await opened.run<Quantized>("quantized", {});
      expect(isSame).toBe(true);
      if (reason === null) expect(refused).toBeNull();
      else expect(refused).toContain(reason);
    } finally {
      await opened.close();
    }
  });
});
