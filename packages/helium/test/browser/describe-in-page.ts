import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { BrowserPage } from "../../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { isCut } from "../../../../testing/short-form.ts";
import { describeHeads } from "./describe-heads.ts";
import { embedModel } from "../../../../testing/browser/embed-model.ts";
import type { GreedyResults } from "./greedy-run.ts";
import type { HeadResults } from "./head-run.ts";

const TIMEOUT_MS = 300_000;
const STEPS = isCut("long texts in pages") ? 4 : 32;

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

interface Greedy {
  readonly prompt: string;
  readonly input_ids: number[];
  readonly sequence: number[];
}

/** The Helium heads and helium-nano on the gpujs backend in a headless Chromium. */
export function describeInPage(mode: GpuJsMode): void {
  describe(`helium on gpujs ${mode} in Chromium`, () => {
    if (findChromium() === null) return it.skip(needsChromium, () => undefined);
    let page: BrowserPage;
    beforeAll(async () => {
      page = await BrowserPage.open(fileURLToPath(new URL("model-page.ts", import.meta.url)));
      await page.run("start", mode);
    }, TIMEOUT_MS);
    afterAll(async () => {
      await page.run("end");
      expect(page.errors).toEqual([]);
      await page.close();
    });

    const run = async <T>(task: string, folder: string, argument: object): Promise<T> => {
      const results = await page.run<T>(task, { model: embedModel(folder), ...argument });
      // The model is disposed by now.
      expect(await page.run("info")).toMatchObject({ backend: "gpujs", mode, deviceArrays: 0 });
      return results;
    };
    describeHeads((folder, task) => run<HeadResults>("head", folder, task), TIMEOUT_MS);

    it(
      `helium-nano generates the ${STEPS} tokens of expected.json`,
      async () => {
        const { greedy } = JSON.parse(readFileSync(`${nano}/expected.json`, "utf8")) as { readonly greedy: Greedy[] };
        const { input_ids: prompt, sequence } = greedy.find(({ prompt }) => prompt.startsWith("Para instalar o"))!;
        const results = await run<GreedyResults>("greedy", nano, { prompt, steps: STEPS });
        expect(results).toMatchObject({ sequence: sequence.slice(0, prompt.length + STEPS), handles: 0 });
      },
      TIMEOUT_MS,
    );
  });
}
