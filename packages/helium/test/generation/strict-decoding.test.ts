import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  configureDispatch,
  createBackend,
  scope,
  sliceUpdate,
  zeros,
  type Backend,
  type TraceEvent,
} from "@helium-lm/tensor";
import { createWasmBackend } from "@helium-lm/tensor/backends/wasm";
import type { KvDType, MatrixDType } from "@helium-lm/nn";
import { quantFormatNames, quantizersOf } from "@helium-lm/tensor/quant";
import { DecoderConfig, loadModel } from "@helium-lm/helium";
import { randomCheckpoint } from "@helium-lm/helium/testing";

const LAYERS = 1;
/** Rows of 256 fill the blocks of every format. */
const config = DecoderConfig.fromJSON({
  model_type: "llama",
  vocab_size: 64,
  hidden_size: 256,
  intermediate_size: 256,
  num_hidden_layers: LAYERS,
  num_attention_heads: 4,
  num_key_value_heads: 1,
  max_position_embeddings: 64,
});
const files = randomCheckpoint(config, "causal-lm", { dtype: "bf16" });

const formats = quantFormatNames.filter((name) => quantizersOf(name).search ?? quantizersOf(name).reference);
const TOKENS = 3;
/** The prompt, then one pass for each token but the last. */
const PASSES = TOKENS;

/** Ops of a greedy continuation under `strict`, by kernels alone, or the error that it ends with. */
async function decode(backend: Backend, dtype: MatrixDType, kvDType?: KvDType): Promise<TraceEvent[]> {
  using model = await loadModel("causal-lm", files, { backend, dtype, ...(kvDType && { kvDType }) });
  const events: TraceEvent[] = [];
  configureDispatch(backend, { strict: true, onOp: (event) => events.push(event) });
  try {
    await model.generate({ inputIds: [[1, 5, 9, 7]], maxNewTokens: TOKENS, doSample: false, eosTokenId: [] });
  } finally {
    configureDispatch(backend, {});
  }
  return events;
}

const count = (events: readonly TraceEvent[], op: string): number => events.filter((event) => event.op === op).length;

describe("a model decodes by kernels alone", () => {
  let wasm: Backend;
  beforeAll(async () => {
    wasm = await createWasmBackend({ threads: 1 });
  });
  afterAll(() => wasm.dispose());

  test.each(["auto", "f32", "f16", ...formats] as const)("wasm, weights in %s", async (dtype) => {
    const events = await decode(wasm, dtype);
    // Keys and values are rounded to bf16 where they are written: one op each, a layer and a pass.
    expect(count(events, "scatterRows")).toBe(2 * LAYERS * PASSES);
    expect(count(events, "cast")).toBe(0);
  });

  test.each(["f32", "f16", "q8_0"] as const)("wasm, keys and values in %s", async (kvDType) => {
    const events = await decode(wasm, "q8_0", kvDType);
    expect(count(events, "cast")).toBe(0);
  });

  test("wasm has no kernel that rounds a slice to f16, which strict says", () => {
    configureDispatch(wasm, { strict: true });
    try {
      expect(() => scope(() => sliceUpdate(zeros(wasm, [4, 2], "f16"), zeros(wasm, [1, 2]), [1, 0]))).toThrow(
        /^sliceUpdate: "wasm" has no kernel for f32, f16 here \(host\): .* kernels take source f32 → bf16 \| source f32 → f32/,
      );
    } finally {
      configureDispatch(wasm, {});
    }
  });

  test.each(["reference", "cpu"])("%s, weights and cache in f32 or bf16", async (name) => {
    const backend = await createBackend(name);
    for (const kvDType of ["f32", "bf16"] as const) {
      const events = await decode(backend, "bf16", kvDType);
      expect(count(events, "scatterRows")).toBe(2 * LAYERS * PASSES);
      expect(count(events, "cast")).toBe(0);
    }
    backend.dispose();
  });
});
