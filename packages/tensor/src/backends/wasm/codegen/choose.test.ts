import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../../errors.ts";
import { chooseCodegen, wideRefusal, type CodegenPlatform } from "./choose.ts";
import { wideEngineOf, wideEngines } from "./engines.ts";

const node24: CodegenPlatform = { runtime: "Node", v8: "13.6.233.17-node.53", arch: "x64", avx2: true };
const on = (platform: Partial<CodegenPlatform>) => async () => ({ ...node24, ...platform });

describe("wideEngineOf", () => {
  test.each([
    ["11.3.244.8-node.38", "lacks"],
    ["12.3.9", "lacks"],
    ["12.4.254.21-node.57", "no-gain"],
    ["12.9.202.28-node.13", "no-gain"],
    ["13.6.233.17-node.53", "gains"],
    ["14.1.146.11-node.25", "gains"],
    ["14.6.202.34-node.40", "gains"],
    ["14.7.0", "untried"],
    ["15.0.1", "untried"],
  ])("V8 %s: %s", (v8, verdict) => expect(wideEngineOf(v8).verdict).toBe(verdict));

  test("ranges ascend, and what is said was tried", () => {
    const order = wideEngines.map(({ since: [major, minor] }) => 1000 * major + minor);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    for (const { verdict, tried } of wideEngines) expect(tried.length > 0).toBe(verdict !== "untried");
  });
});

describe("chooseCodegen", () => {
  test("another value is refused", async () => {
    const choosing = chooseCodegen("fast" as "wide");
    await expect(choosing).rejects.toThrow(ArgumentError);
    await expect(choosing).rejects.toThrow('wasm: codegen is "fast"; expected auto, wide, plain');
  });

  test("plain is plain, and auto too but says why", async () => {
    expect(await chooseCodegen("plain", on({}))).toEqual({ codegen: "plain" });
    expect(await chooseCodegen("auto", on({}))).toEqual({
      codegen: "plain",
      reason: 'a library sets no V8 flags unasked; codegen: "wide" asks for 256-bit code',
    });
  });

  test("wide where V8 gains by it", async () => {
    expect(await chooseCodegen("wide", on({}))).toEqual({ codegen: "wide" });
    expect(await chooseCodegen("wide", on({ avx2: null }))).toEqual({ codegen: "wide" });
  });

  test.each<[string, Partial<CodegenPlatform>, string]>([
    ["Node 20", { v8: "11.3.244.8-node.38" }, "V8 11.3.244.8-node.38 has no 256-bit code for WebAssembly"],
    [
      "Node 22",
      { v8: "12.4.254.21-node.57" },
      "V8 12.4.254.21-node.57 compiles pairs of 128-bit operations, but gains nothing by it",
    ],
    ["a later Node", { v8: "15.2.1" }, "V8 15.2.1 is newer than the versions whose 256-bit code was tried"],
    ["Deno", { runtime: "Deno" }, "256-bit code needs a V8 flag, which only Node lets a program set; this is Deno"],
    ["a page", { runtime: "a page", v8: "", arch: "" }, /this is a page$/.source],
    ["ARM", { arch: "arm64" }, "V8 has 256-bit code for x64 only; this is arm64"],
    ["an old processor", { avx2: false }, "this processor has no AVX2, so no 256-bit integer operations"],
  ])("wide on %s is plain and says why", async (_, platform, reason) => {
    const choice = await chooseCodegen("wide", on(platform));
    expect(choice).toEqual({ codegen: "plain", reason: expect.stringMatching(reason) as string });
    expect(wideRefusal({ ...node24, ...platform })).toBe(choice.reason);
  });
});
