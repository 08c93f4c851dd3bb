import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrowserPage } from "../../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";
import { embedModel } from "../../../../testing/browser/embed-model.ts";
import { fixturePath } from "../../../../testing/fixtures.ts";

const TIMEOUT_MS = 300_000;

describe("webgpu as a citizen of a page in Chromium", () => {
  if (findChromium() === null) return it.skip(needsChromium, () => undefined);
  const model = embedModel(fixturePath("models/llama/causal"));
  let page: BrowserPage;
  beforeAll(async () => {
    page = await BrowserPage.open(fileURLToPath(new URL("webgpu-page.ts", import.meta.url)));
  }, TIMEOUT_MS);
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await page.close();
  });

  const create = (name: string, options: object = {}): Promise<unknown> => page.run("create", { name, options });
  const generate = (tokens: number, onToken?: (count: number) => void): Promise<unknown> =>
    page.run("generate", { model, prompt: [1, 5, 17, 44, 8], tokens }, onToken);

  /** Generates, and when a token has come something is done before it goes on, however long that takes. */
  const generateAfter = (act: () => Promise<unknown>): Promise<unknown> =>
    page.run("generate", { model, prompt: [1, 5, 17, 44, 8], tokens: 200, waitsAt: 2 }, (count) => {
      if (count === 2) void act().then(() => page.run("goOn"));
    });

  /** What wasm generates. */
  let expected: readonly number[];

  it("auto leaves a software adapter to wasm and says so, for a model too", { timeout: TIMEOUT_MS }, async () => {
    const reason = /^webgpu: .* computes on the processor, where wasm is faster$/;
    const autoReason: unknown = expect.stringMatching(reason);
    expect(await create("auto")).toMatchObject({ name: "wasm", autoReason });
    ({ ids: expected } = (await generate(60)) as { readonly ids: readonly number[] });
    expect(expected).toHaveLength(60);
    expect(await page.run("loadOn", { name: "auto", model })).toMatchObject({ name: "wasm", autoReason });
  });

  it("auto takes one that it accepts when its self-test passes and it has room", { timeout: TIMEOUT_MS }, async () => {
    expect(await create("auto", { acceptSoftware: true, needBytes: 1e6 })).toMatchObject({
      ...{ name: "webgpu", software: true },
      autoReason: expect.stringMatching(/^webgpu: .* passes the self-test and has room for 1 MB of weights$/) as string,
    });
  });

  it("a page that is frozen and comes back goes on", { timeout: TIMEOUT_MS }, async () => {
    await create("webgpu");
    const freeze = async (ms: number): Promise<void> => {
      await page.tell("Page.setWebLifecycleState", { state: "frozen" });
      await sleep(ms);
      await page.tell("Page.setWebLifecycleState", { state: "active" });
    };
    let frozenAt = 0;
    let thawed: Promise<void> | undefined;
    const all = generate(60, (count) => {
      if (count !== 3) return;
      frozenAt = count;
      thawed = freeze(500);
    });
    expect(await all).toEqual({ ids: expected });
    expect(frozenAt).toBe(3);
    await thawed;
  });

  const lost = /the WebGPU device was lost \(.*\) and what was on it is gone; create a new backend and load/;

  it(
    "a device that is destroyed while a model generates says so, and another one goes on",
    { timeout: TIMEOUT_MS },
    async () => {
      const failed = await generateAfter(() => page.run("destroy"));
      expect(failed).toEqual({ error: expect.stringMatching(lost) as string });
      expect(await page.run("check")).toMatch(lost);
      await create("webgpu");
      expect(await generate(3)).toEqual({ ids: expected.slice(0, 3) });
    },
  );

  it(
    "the end of the process that has the graphics card is a lost device as well",
    { timeout: TIMEOUT_MS },
    async () => {
      const failed = await generateAfter(() => page.tell("Browser.crashGpuProcess", {}, true));
      expect(failed).toEqual({ error: expect.stringMatching(lost) as string });
      await create("webgpu");
      expect(await generate(3)).toEqual({ ids: expected.slice(0, 3) });
    },
  );
});
