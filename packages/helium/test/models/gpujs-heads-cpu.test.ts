import { describe, expect } from "vitest";
import { modelSource } from "@helium-lm/helium";
import { createGpuJsBackend } from "@helium-lm/tensor/backends/gpujs";
import { describeHeads } from "../browser/describe-heads.ts";
import { runHead } from "../browser/head-run.ts";

describe("helium on gpujs cpu in Node", () => {
  describeHeads(async (folder, task) => {
    const backend = await createGpuJsBackend({ mode: "cpu" });
    const results = await runHead(backend, await modelSource(folder), task);
    await backend.synchronize();
    expect(backend.info?.()).toMatchObject({ backend: "gpujs", mode: "cpu", deviceArrays: 0 });
    backend.dispose();
    return results;
  }, 120_000);
});
