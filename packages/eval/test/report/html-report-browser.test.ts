import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium, needsChromium, softwareGraphics } from "../../../../testing/browser/chromium.ts";
import { htmlReport } from "../../src/report/html-report.ts";
import { sampleResults } from "../helpers/sample-results.ts";

describe("the report in Chromium", () => {
  const executablePath = findChromium();
  if (executablePath === null) return test.skip(needsChromium, () => undefined);
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), "helium-report-"));
  const file = join(folder, "report.html");
  beforeAll(async () => {
    writeFileSync(file, htmlReport(sampleResults));
    browser = await chromium.launch({ executablePath, args: [...softwareGraphics], timeout: 0 });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test.each(["light", "dark"] as const)("%s: fits a phone, asks for nothing, has contrast", async (colorScheme) => {
    const page = await browser.newPage({ colorScheme, viewport: { width: 360, height: 740 } });
    page.setDefaultTimeout(0);
    const said: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    const faint = await page.evaluate(faintTexts);
    const bars = await page.evaluate(() =>
      [...document.querySelectorAll(".card .fill")].map((fill) => {
        const track = fill.parentElement?.getBoundingClientRect();
        return fill.getBoundingClientRect().width / (track?.width ?? 1);
      }),
    );
    await page.close();
    expect(wide).toBeLessThanOrEqual(360);
    expect(said).toEqual([]);
    expect(asked).toEqual([pathToFileURL(file).href]);
    expect(faint).toEqual([]);
    // Its border aside, a bar is as long as its figure.
    expect(bars[1]).toBeCloseTo(0.617, 1);
  });
});

/** Texts whose contrast with the page is below 4.5 (WCAG 2.2, 1.4.3). */
function faintTexts(): string[] {
  const luminance = (color: string): number => {
    const channels = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((channel) => {
      const c = Number(channel) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (channels[0] ?? 0) + 0.7152 * (channels[1] ?? 0) + 0.0722 * (channels[2] ?? 0);
  };
  const paper = luminance(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll("body *")].flatMap((element) => {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    const style = getComputedStyle(element);
    const ink = luminance(element instanceof SVGElement ? style.fill : style.color);
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    return own && contrast < 4.5
      ? [`${element.tagName} ${element.textContent?.slice(0, 20)} ${contrast.toFixed(1)}`]
      : [];
  });
}
