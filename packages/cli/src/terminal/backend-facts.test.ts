import { describe, expect, it } from "vitest";
import { backendFacts, backendNotes } from "./backend-facts.ts";

describe("backendFacts", () => {
  it("gives a row per fact, with its reason", () => {
    const info = {
      ...{ backend: "wasm", threads: 1, threadsReason: "wasm: no worker starts here", simd: "relaxed" },
      ...{ codegen: "plain", codegenReason: "V8 11.3 has none", memories: 1 },
    };
    expect(backendFacts(info)).toEqual([
      ["backend", "wasm"],
      ["threads", "1 (wasm: no worker starts here)"],
      ["SIMD", "relaxed"],
      ["code", "plain (V8 11.3 has none)"],
    ]);
    expect(backendNotes(info)).toEqual(["wasm: no worker starts here"]);
  });

  it("leaves out what a backend does not tell", () => {
    const info = { backend: "cpu", threads: 1, autoReason: "wasm: this engine has no WebAssembly SIMD" };
    expect(backendFacts(info)).toEqual([
      ["backend", "cpu (wasm: this engine has no WebAssembly SIMD)"],
      ["threads", "1"],
    ]);
    expect(backendNotes(info)).toEqual(["wasm: this engine has no WebAssembly SIMD"]);
    expect(backendNotes({ backend: "wasm", threads: 2, codegen: "wide" })).toEqual([]);
  });
});
