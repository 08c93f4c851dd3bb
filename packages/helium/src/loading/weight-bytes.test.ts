import { expect, test } from "vitest";
import { createBackend } from "@helium-lm/tensor";
import { fixturePath } from "../../../../testing/fixtures.ts";
import { modelSource } from "../sources/index.ts";
import { loadModel } from "./load-model.ts";
import { weightBytes } from "./weight-bytes.ts";

const folder = fixturePath("models/llama/causal");

test("what the weights of a model take is known before they are loaded", async () => {
  const source = await modelSource(folder);
  const reader = await source.openWeights();
  const backend = await createBackend("cpu");
  /** Bytes that a model takes beside what was foretold. */
  const beside: number[] = [];
  for (const dtype of ["auto", "f32", "bf16", "q8_0", "q4_0"] as const) {
    using model = await loadModel("causal-lm", folder, { backend, dtype });
    expect(model.loadReport.unused).toEqual([]);
    beside.push(backend.memory().bytes - weightBytes(reader, dtype));
  }
  await reader.close();
  backend.dispose();
  // Its tables of angles, the same in every dtype.
  expect(new Set(beside).size).toBe(1);
  expect(beside[0]).toBeGreaterThanOrEqual(0);
});
