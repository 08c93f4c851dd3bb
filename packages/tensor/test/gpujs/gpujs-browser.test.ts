import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isCut } from "../../../../testing/short-form.ts";
import { BrowserPage } from "../../../../testing/browser/browser-page.ts";
import { findChromium, needsChromium } from "../../../../testing/browser/chromium.ts";

const TIMEOUT_MS = 300_000;

interface Failure {
  readonly name: string;
  readonly message: string;
}

const entry = fileURLToPath(new URL("../browser/gpujs-page.ts", import.meta.url));

describe.each(["webgl2", "webgpu"] as const)("gpujs %s in Chromium", (mode) => {
  if (findChromium() === null) return it.skip(needsChromium, () => undefined);
  let page: BrowserPage;
  beforeAll(async () => {
    page = await BrowserPage.open(entry);
  }, TIMEOUT_MS);
  afterAll(async () => {
    expect(page.errors).toEqual([]);
    await page.close();
  });
  const test = (title: string, run: () => Promise<void>): void => it(title, run, TIMEOUT_MS);
  const testWide = (title: string, run: () => Promise<void>): void =>
    it.skipIf(mode === "webgl2" && isCut("wide tensors in webgl2"))(title, run, TIMEOUT_MS);

  it.skipIf(mode === "webgl2" && isCut("special values in webgl2"))(
    "special values follow the definition, subnormals aside",
    async () => expect(await page.run("specials", mode)).toEqual([]),
    TIMEOUT_MS,
  );

  for (const packHalves of [true, false]) {
    test(`all 16-bit patterns survive, ${packHalves ? "packed" : "expanded"}`, async () => {
      const info = packHalves ? "packed, three in two floats" : "expanded to f32";
      const sound = { bits: 0, values: 0, rounded: 0, info };
      // What is written and read as it is never meets f32; expanded, bf16's own subnormals may be flushed on the way.
      const result = await page.run<Record<string, typeof sound>>("halves", { mode, packHalves });
      expect(result["f16"]).toEqual(sound);
      expect(result["bf16"]).toEqual(packHalves ? sound : { ...sound, bits: expect.any(Number) as number });
    });
  }

  test("q8_0 and q4_0 matrices keep bytes and weights, and multiply", async () => {
    const result = await page.run<Record<string, { apart: number }>>("blocks", mode);
    for (const format of ["q8_0", "q4_0"]) {
      expect(result[format]).toMatchObject({ bytes: 0, weights: 0 });
      expect(result[format].apart).toBeLessThan(1e-4);
    }
  });

  testWide("positions beyond 2^21 are exact", async () => {
    expect(await page.run("wide", mode)).toBe(0);
  });

  testWide("blocks beyond 2^24 floats are read exactly", async () => {
    expect(await page.run("wideBlocks", mode)).toEqual({ weights: 0, products: 0 });
  });

  test("the same work again leaves no texture or buffer more", async () => {
    const { live, memory, info } = await page.run<{
      live: [number, number, number];
      memory: object;
      info: object;
    }>("leaks", mode);
    expect(live[2]).toBe(live[1]);
    expect(memory).toMatchObject({ handles: 0, bytes: 0 });
    expect(info).toMatchObject({ deviceArrays: 0, mode });
  });

  test("work that fails says why, leaves nothing on the device and does not end the backend", async () => {
    const { said, live, again, others, left } = await page.run<{
      said: Record<string, Failure>;
      live: [number, number, number];
      again: number[];
      others: number[];
      left: object;
    }>("failures", mode);
    const error = (name: string, message: string): object => ({
      name,
      message: expect.stringMatching(new RegExp(message)) as string,
    });
    expect(said).toEqual({
      compile: error("BackendError", `^tanh: the kernel does not compile in mode ${mode} \\(.*\\); use another mode`),
      index: error("ArgumentError", "^gather: index 7 at position 0 is outside"),
      size: error("BackendError", `257 elements of f32 exceed mode ${mode}'s limit of 256 .*; split the tensor`),
    });
    expect(live[2]).toBe(live[1]);
    again.forEach((value, i) => expect(value).toBeCloseTo(others[i], 6));
    expect(left).toEqual({ handles: 0, bytes: 0, deviceArrays: 0 });
  });

  test("inputs may be disposed while their work is queued", async () => {
    const { values, ...rest } = await page.run<{ values: number[] }>("earlyDispose", mode);
    const expected = [2, 3, 4].map((x) =>
      Array.from({ length: 50 }).reduce<number>((y) => Math.fround(Math.fround(y * 1.5) - 1), x),
    );
    values.forEach((value, i) =>
      expect(value).toBeCloseTo(expected[i], 5 - Math.ceil(Math.log10(Math.abs(expected[i]) + 1))),
    );
    expect(rest).toEqual({ handles: 0, deviceArrays: 0 });
  });

  test("an index outside the table is an error that names the op", async () => {
    const result = await page.run<Record<string, Failure | number[] | null>>("queuedErrors", mode);
    const named = {
      name: "ArgumentError",
      message: expect.stringMatching(/^gather: index 7 .* outside \[0, 2\)/) as string,
    };
    if (mode === "webgl2") return expect(result).toEqual({ thrown: named, handles: 2 });
    expect(result).toEqual({
      read: named,
      dependent: named,
      sound: [2, 3, 4, 5],
      synchronize: named,
      synchronizeAgain: null,
    });
  });

  test("what one kernel cannot read and what no device array can hold is an error with limit and mend", async () => {
    const { arrays, fits, manyArrays, tooLarge, after } = await page.run<Record<string, unknown>>("limits", mode);
    expect(fits).toEqual([64]);
    expect(tooLarge).toEqual({
      name: "BackendError",
      message: expect.stringMatching(
        new RegExp(`65 elements of f32 exceed mode ${mode}'s limit of 64 .*; split the tensor`),
      ) as string,
    });
    if (mode === "webgpu")
      expect(manyArrays).toEqual({
        name: "BackendError",
        message: expect.stringMatching(
          new RegExp(`^lt: .* 8 device arrays, mode webgpu reads ${String(arrays)} .*; split`),
        ) as string,
      });
    expect(after).toEqual([64]);
  });

  test("a lost device is an error with the mend; other backends and new ones work", async () => {
    const lost = {
      name: "BackendError",
      message: expect.stringMatching(new RegExp(`${mode} was lost; create a new backend`)) as string,
    };
    expect(await page.run("loss", mode)).toEqual({
      op: lost,
      read: lost,
      written: lost,
      others: [2],
      again: [2, 3, 4],
    });
  });
});
