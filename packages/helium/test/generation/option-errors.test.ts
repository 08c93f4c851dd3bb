import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createBackend, HeliumLmError, type Backend } from "@helium-lm/tensor";
import {
  AutoConfig,
  GenerationConfig,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  AutoTokenizer,
  GenerationError,
  HeliumForCausalLM,
  InputError,
  ModelLoadError,
  pullModel,
  TokenizerError,
  type LoadOptions,
  type ModelForCausalLM,
  type Tokenizer,
} from "@helium-lm/helium";
import { exportGguf } from "@helium-lm/helium/gguf";
import type { CheckpointReader } from "@helium-lm/nn";
import { openSafetensors } from "@helium-lm/nn/io/node";
import { fixturePath } from "../../../../testing/fixtures.ts";

const causal = fixturePath("models/helium/causal");
const load = AutoModelForCausalLM.fromPretrained;

let backend: Backend;
let model: ModelForCausalLM;
let tokenizer: Tokenizer;
let folder: string;
let reader: CheckpointReader;
beforeAll(async () => {
  backend = await createBackend("cpu");
  model = await load(causal, { backend });
  tokenizer = await AutoTokenizer.fromPretrained(join(import.meta.dirname, "../../../../models/helium-nano"));
  reader = await openSafetensors(causal);
  folder = mkdtempSync(join(tmpdir(), "helium-options-"));
});
afterAll(async () => {
  await reader.close();
  model.dispose();
  expect(backend.memory().handles).toBe(0);
  backend.dispose();
  rmSync(folder, { recursive: true });
});

describe("a dtype by another tool's name", () => {
  // What the names mean: PyTorch's dtypes, transformers.js' `q4` and `q8`.
  test.each<[LoadOptions, string, string]>([
    [{ dtype: "fp16" }, "f16", "f16"],
    [{ dtype: "float16" }, "f16", "f16"],
    [{ dtype: "bfloat16" }, "bf16", "bf16"],
    [{ dtype: "float32" }, "f32", "f32"],
    [{ dtype: "q4" }, "q4_0", "q4_0"],
    [{ dtype: "q8" }, "q8_0", "q8_0"],
    [{ dtype: "int8" }, "q8_0", "q8_0"],
    [{ dtype: "q4", embeddingDType: "fp16" }, "q4_0", "f16"],
    [{ dtype: "Q8_0" as "q8_0" }, "q8_0", "q8_0"],
  ])("%o loads matrices as %s and the embedding as %s", async (options, matrix, embedding) => {
    using loaded = await load(fixturePath("models/llama/causal"), { backend, ...options });
    const kept = new Map([...loaded.stateDict()].map(([name, m]) => [name, "format" in m ? m.format : m.dtype]));
    expect(kept.get("model.embed_tokens.weight")).toBe(embedding);
    expect(kept.get("model.layers.0.mlp.up_proj.weight")).toBe(matrix);
  });

  test("of keys and values, and of what is computed with", async () => {
    using loaded = await load(causal, { backend, kvDType: "int8", computeDType: "bfloat16" });
    expect(loaded.trunk.kvDType).toBe("q8_0");
    expect(loaded.trunk.computeDType).toBe("bf16");
    using cache = loaded.createCache({ kvDType: "fp16" });
    expect(cache.dtype).toBe("f16");
    using output = await loaded.generate({ inputIds: [[1, 5]], maxNewTokens: 2, kvDType: "float32" });
    expect(output.sequences[0]).toHaveLength(4);
    using engine = loaded.engine({ kvDType: "float16" as "f16" });
    expect((await engine.submit({ inputIds: [1, 5], maxNewTokens: 2 }).result).ids).toHaveLength(2);
  });

  test.each([
    ["dtype", "float17", "float16"],
    ["dtype", "q4_k_m", "q4_K"],
    ["embeddingDType", "q9", "q8"],
    ["kvDType", "x", "q8"],
    ["kvDType", "q4", "q8"],
    ["computeDType", "x", "f32"],
    ["computeDType", "f16", "bf16"],
  ])("%s: %s is refused before anything is read, the nearest is %s", async (name, value, nearest) => {
    const attempt = load("nowhere/at/all", { [name]: value });
    await expect(attempt).rejects.toBeInstanceOf(ModelLoadError);
    await expect(attempt).rejects.toThrow(
      new RegExp(`^${name}: is ${value}; expected one of .*; did you mean ${nearest}\\?$`),
    );
  });

  test.each([5, {}, ["f32"], () => "f32"])("dtype: %o is refused", async (dtype) => {
    await expect(load(causal, { dtype: dtype as "f32" })).rejects.toThrow(/^dtype: is .*; expected one of auto, f32/);
  });
});

describe("an unknown option is refused, with the nearest name:", () => {
  const never = "nowhere/at/all";
  const options = (given: object): never => given as never;

  test.each<[string, () => unknown, new (...args: never[]) => HeliumLmError, string]>([
    [
      "load",
      () => load(never, options({ d_type: "f32" })),
      ModelLoadError,
      "d_type: is not an option of fromPretrained; did you mean dtype?",
    ],
    [
      "a head",
      () => AutoModel.fromPretrained(never, options({ kv_dtype: "f32" })),
      ModelLoadError,
      "did you mean kvDType?",
    ],
    [
      "a family's class",
      () => HeliumForCausalLM.fromPretrained(never, options({ dtypes: "f32" })),
      ModelLoadError,
      "did you mean dtype?",
    ],
    ["the hub's part", () => load(never, options({ cache_dir: "/x" })), ModelLoadError, "did you mean cacheDir?"],
    [
      "the hub's retry",
      () => load(never, options({ retry: { attempt: 1 } })),
      ModelLoadError,
      "attempt: is not an option of retry of fromPretrained; did you mean attempts?",
    ],
    [
      "AutoConfig",
      () => AutoConfig.fromPretrained(never, options({ revison: "x" })),
      ModelLoadError,
      "did you mean revision?",
    ],
    [
      "GenerationConfig",
      () => GenerationConfig.fromPretrained(never, options({ Token: "x" })),
      ModelLoadError,
      "did you mean token?",
    ],
    [
      "pullModel",
      () => pullModel({ repo: "a/b" }, options({ local_files_only: true })),
      ModelLoadError,
      "did you mean localFilesOnly?",
    ],
    [
      "AutoTokenizer",
      () => AutoTokenizer.fromPretrained(never, options({ use_fast: true })),
      TokenizerError,
      "tokenizer: use_fast is not an option of AutoTokenizer.fromPretrained; did you mean ",
    ],
    [
      "tokenizer",
      () => tokenizer("a", options({ max_length: 4 })),
      TokenizerError,
      "tokenizer: max_length is not an option of tokenizer; did you mean maxLength?",
    ],
    [
      "encodeAsync",
      () => tokenizer.encodeAsync("a", options({ trunc: true })),
      TokenizerError,
      "did you mean truncation?",
    ],
    [
      "encode",
      () => tokenizer.encode("a", options({ add_special_tokens: false })),
      TokenizerError,
      "did you mean addSpecialTokens?",
    ],
    [
      "encode has no signal",
      () => tokenizer.encode("a", options({ signal: AbortSignal.abort() })),
      TokenizerError,
      "signal is not an option of encode",
    ],
    ["tokenize", () => tokenizer.tokenize("a", options({ pad: true })), TokenizerError, "did you mean padding?"],
    [
      "decode",
      () => tokenizer.decode([1], options({ skip_special_tokens: true })),
      TokenizerError,
      "did you mean skipSpecialTokens?",
    ],
    [
      "batchDecode",
      () => tokenizer.batchDecode([], options({ skipSpecial: true })),
      TokenizerError,
      "did you mean skipSpecialTokens?",
    ],
    [
      "streamDecoder",
      () => tokenizer.streamDecoder(options({ skip_special_tokens: true })),
      TokenizerError,
      "did you mean skipSpecialTokens?",
    ],
    [
      "applyChatTemplate",
      () => tokenizer.applyChatTemplate([], options({ add_generation_prompt: true })),
      TokenizerError,
      "did you mean addGenerationPrompt? Variables of the template go into variables",
    ],
    [
      "encodeChat",
      () => tokenizer.encodeChat([], options({ tokenize: true })),
      TokenizerError,
      "tokenize is not an option of applyChatTemplate",
    ],
    [
      "forward",
      () => model.forward(options({ input_ids: [[1]] })),
      InputError,
      "input_ids: is not an option of forward; did you mean inputIds?",
    ],
    [
      "forward's head",
      () => model.forward(options({ inputIds: [[1]], num_logits_to_keep: 1 })),
      InputError,
      "did you mean logitsToKeep?",
    ],
    ["generate", () => model.generate(options({ max_new_tokens: 1 })), GenerationError, "did you mean maxNewTokens?"],
    ["stream", () => model.stream(options({ input_ids: [[1]] })).next(), GenerationError, "did you mean inputIds?"],
    [
      "submit",
      () => model.submit(options({ inputIds: [1], stopString: "x" })).result,
      GenerationError,
      "did you mean stopStrings?",
    ],
    [
      "engine",
      () => model.engine(options({ max_tokens: 16 })),
      GenerationError,
      "max_tokens: is not an option of engine; did you mean maxTokens?",
    ],
    [
      "engine's dtype",
      () => model.engine(options({ kvDType: "fp32x" })),
      GenerationError,
      "kvDType: is fp32x; expected one of f32, f16, bf16, q8_0; did you mean fp32?",
    ],
    [
      "createCache",
      () => model.createCache(options({ slot: 3 })),
      HeliumLmError,
      "slot: is not an option of createCache; did you mean slots?",
    ],
    [
      "createCache's dtype",
      () => model.createCache(options({ kvDType: "x" })),
      HeliumLmError,
      "kvDType: is x; expected one of f32",
    ],
    [
      "savePretrained",
      () => model.savePretrained(folder, options({ max_shard_size: 5 })),
      HeliumLmError,
      "did you mean maxShardSize?",
    ],
    [
      "savePretrained's size",
      () => model.savePretrained(folder, options({ maxShardSize: "5GB" })),
      HeliumLmError,
      'maxShardSize: is "5GB"; expected bytes > 0',
    ],
    [
      "exportGguf",
      async () => exportGguf(model.config, reader, options({ type: "q8" })),
      HeliumLmError,
      "did you mean dtype?",
    ],
    [
      "exportGguf's dtype",
      async () => exportGguf(model.config, reader, options({ dtype: "q8_1" })),
      HeliumLmError,
      "did you mean q8_0?",
    ],
  ])("%s", async (_, call, type, message) => {
    const error: unknown = await (async () => call())().catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toContain(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([null, "abc", 5, [1]])("options %j", async (given) => {
    await expect(load(causal, given as never)).rejects.toThrow(ModelLoadError);
    expect(() => model.forward(given as never)).toThrow(InputError);
    expect(() => tokenizer.decode([1], given as never)).toThrow(TokenizerError);
    expect(() => model.engine(given as never)).toThrow(GenerationError);
  });

  test("of the other heads", async () => {
    for (const [auto, name] of [
      [AutoModelForSequenceClassification, "sequence"],
      [AutoModelForTokenClassification, "token"],
      [AutoModel, "base"],
    ] as const) {
      using other = await auto.fromPretrained(fixturePath(`models/helium/${name}`), { backend });
      expect(() => other.forward({ inputIds: [[1]], label: [1] } as never)).toThrow(
        /^label: is not an option of forward/,
      );
    }
  });

  test("columns of a tokenizer that a decoder does not read are none", () => {
    const encoded = tokenizer("a", { returnTokenTypeIds: true, returnOffsetsMapping: true, returnTokens: true });
    const fitting = { ...encoded, inputIds: [[1, 2]], attentionMask: [[1, 1]] };
    using output = model.forward(fitting);
    expect(output.logits.shape[1]).toBe(2);
  });
});

test("a backend that nobody waited for is refused with the mend", async () => {
  const promised = createBackend("cpu");
  await expect(load(causal, { backend: promised as never })).rejects.toThrow(
    /^backend: is a promise; await createBackend/,
  );
  (await promised).dispose();
});

test.each([
  ["generate", (inputIds: never): unknown => model.generate({ inputIds, maxNewTokens: 1 })],
  ["forward", async (inputIds: never): Promise<unknown> => model.forward({ inputIds })],
])("%s says how one row of ids is written", async (_, call) => {
  for (const flat of [[1, 57, 8], new Int32Array([1, 57, 8])])
    await expect(call(flat as never)).rejects.toThrow(/^inputIds: is .*; expected a list of rows.*write \[\[…\]\]/);
});
