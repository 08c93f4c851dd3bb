import { describe, expect, it } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { adapterRows, backendRows, backendNotes, fallbackNote, slowNote } from "./load-notes.ts";

describe("adapterRows", () => {
  const info = { backend: "webgpu", vendor: "acme", architecture: "fast", description: "", features: "subgroups" };

  it("names a card, and says where a program plays it", () => {
    const rows = [
      ["features", "subgroups"],
      ["storage", "1024 bytes at most"],
    ];
    const given = { ...info, maxStorageBytes: 1024 };
    expect(adapterRows({ ...given, software: false })).toEqual([["adapter", "acme, fast"], ...rows]);
    expect(adapterRows({ ...given, software: true })).toEqual([
      ["adapter", "acme, fast (software: computes on the processor, where wasm is faster)"],
      ...rows,
    ]);
    expect(adapterRows({ backend: "wasm", threads: 1 })).toEqual([]);
  });
});

describe("backendRows", () => {
  it("gives a row for each, with its reason", () => {
    const info = {
      ...{ backend: "wasm", threads: 1, threadsReason: "wasm: no worker can be started here", simd: "relaxed" },
      ...{ codegen: "plain", codegenReason: "V8 11.3 has none", memories: 1 },
    };
    expect(backendRows(info)).toEqual([
      ["backend", "wasm"],
      ["threads", "1 (wasm: no worker can be started here)"],
      ["SIMD", "relaxed"],
      ["code", "plain (V8 11.3 has none)"],
    ]);
    expect(backendNotes(info)).toEqual(["wasm: no worker can be started here"]);
  });

  it("leaves out what a backend does not tell", () => {
    const info = { backend: "cpu", threads: 1, autoReason: "wasm: this engine has no WebAssembly SIMD" };
    expect(backendRows(info)).toEqual([
      ["backend", "cpu (wasm: this engine has no WebAssembly SIMD)"],
      ["threads", "1"],
    ]);
    expect(backendNotes(info)).toEqual(["wasm: this engine has no WebAssembly SIMD"]);
    expect(backendNotes({ backend: "wasm", threads: 2, codegen: "wide" })).toEqual([]);
  });
});

describe("fallbackNote", () => {
  it("says nothing without fallbacks", () => {
    expect(fallbackNote()).toBeNull();
    expect(fallbackNote([])).toBeNull();
  });

  it("counts them by what was used, and names the first", () => {
    expect(fallbackNote([{ path: "a.weight", wanted: "q4_K", used: "q5_0" }])).toBe(
      "rows that do not fill blocks of q4_K: kept 1 as q5_0 (a.weight)",
    );
    expect(
      fallbackNote([
        { path: "a.weight", wanted: "q4_K", used: "q5_0" },
        { path: "b.weight", wanted: "q6_K", used: "bf16" },
        { path: "c.weight", wanted: "q4_K", used: "q5_0" },
      ]),
    ).toBe("rows that do not fill blocks of q4_K, q6_K: kept 2 as q5_0, 1 as bf16 (a.weight, … 3 in all)");
  });
});

describe("slowNote", () => {
  it("says nothing where all run by kernels", async () => {
    const backend = await createBackend("cpu");
    expect(slowNote(backend)).toBeNull();
    expect(slowNote(backend, [])).toBeNull();
  });

  it("counts them by format and by how they run, names the first and what has kernels", async () => {
    const backend = await createGpuJsBackend({ mode: "cpu" });
    const expanded = { kept: "f32", runs: "expanded" } as const;
    expect(slowNote(backend, [{ path: "a.weight", stored: "q5_0", ...expanded }])).toBe(
      "matrices that gpujs has no kernel for: 1 in q5_0 expanded to f32 (a.weight); its kernels read q8_0, q4_0",
    );
    expect(
      slowNote(backend, [
        { path: "a.weight", stored: "q5_0", ...expanded },
        { path: "b.weight", stored: "q2_K", kept: "q2_K", runs: "host" },
        { path: "c.weight", stored: "q5_0", ...expanded },
      ]),
    ).toBe(
      "matrices that gpujs has no kernel for: 2 in q5_0 expanded to f32, 1 in q2_K multiplied in JavaScript (a.weight, …); " +
        "its kernels read q8_0, q4_0",
    );
    backend.dispose();
  });
});
