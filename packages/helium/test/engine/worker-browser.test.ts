import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserPage } from "../../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { engineWorkerPlugin } from "../../build/engine-worker.ts";
import { embedModel } from "../../../../testing/browser/embed-model.ts";

const nano = fileURLToPath(new URL("../../../../models/helium-nano", import.meta.url));

describe("an engine in a worker of a page", () => {
  if (findChromium() === null) return it.skip(needsChromium, () => undefined);
  let page: BrowserPage;
  beforeAll(async () => {
    const entry = fileURLToPath(new URL("../browser/engine-worker-page.ts", import.meta.url));
    // Isolated, so that the worker's backend has threads.
    const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    page = await BrowserPage.open(entry, headers, [engineWorkerPlugin]);
  });
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await page.close();
  });

  it("writes what transformers writes, several texts at once, while the page's timers run", async () => {
    const { greedy } = JSON.parse(readFileSync(`${nano}/expected.json`, "utf8")) as {
      readonly greedy: readonly { readonly input_ids: number[]; readonly sequence: number[] }[];
    };
    const requests = greedy.map(({ input_ids: inputIds, sequence }) => ({
      inputIds,
      maxNewTokens: sequence.length - inputIds.length,
    }));
    const options = { backend: "wasm", threads: 2, engine: { maxTokens: 8192 } };
    const results = greedy.map(({ input_ids, sequence }) => sequence.slice(input_ids.length));
    const given = await page.run<{ ticks: number }>("generate", { model: embedModel(nano), options, requests });
    expect(given).toMatchObject({ model: { modelType: "helium", backend: "wasm" }, ids: results[0], results });
    expect(given.ticks).toBeGreaterThan(5);
  });

  it("has errors with their class and data", async () => {
    const failures = await page.run<object>("fail", embedModel(nano));
    expect(failures).toMatchObject({
      loading: { isModelLoadError: true, name: "ModelLoadError", details: { subject: "files" } },
      request: { name: "GenerationError", details: { subject: "inputIds", details: { given: 5_000_000 } } },
    });
  });
});
