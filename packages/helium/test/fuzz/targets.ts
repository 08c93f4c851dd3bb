import { readdirSync, readFileSync } from "node:fs";
import { HeliumLmError, type Rng } from "@helium-lm/tensor";
import {
  bytesSource,
  GgufFile,
  SafetensorsFile,
  ShardedSafetensors,
  writeGguf,
  type CheckpointReader,
  type GgufList,
  type GgufScalar,
  type GgufTensorToWrite,
} from "@helium-lm/nn";
import { AutoTokenizer, DecoderConfig, ggufModelFiles, Tokenizer } from "@helium-lm/helium";
import { fixturePath } from "../fixtures.ts";
import { below, chance, pick } from "./draw.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateJson } from "./mutate-json.ts";

/** A parser under test. */
export interface FuzzTarget {
  /** A damaged input. */
  readonly mutated: (rng: Rng) => Promise<Uint8Array>;
  /** Everything that loading does with such a file. @throws HeliumLmError for most inputs */
  readonly read: (input: Uint8Array) => Promise<void>;
}

const utf8 = new TextEncoder();
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const jsonOf = (path: string): unknown => JSON.parse(readFileSync(path, "utf8")) as unknown;
const textOf = (input: Uint8Array): string => new TextDecoder().decode(input);

/** Half of the inputs are changed as JSON, half as bytes. */
function mutatedText(documents: readonly unknown[]): (rng: Rng) => Promise<Uint8Array> {
  const texts = documents.map((document) => utf8.encode(JSON.stringify(document)));
  return async (rng) =>
    chance(rng, 0.6) ? utf8.encode(mutateJson(pick(rng, documents), rng)) : mutateBytes(pick(rng, texts), rng);
}

/** What is refused here is no reason not to read on. */
async function orRefused<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof HeliumLmError) return null;
    throw error;
  }
}

async function readAll(reader: CheckpointReader): Promise<void> {
  for (const name of reader.names()) {
    reader.info(name);
    try {
      await reader.readBytes(name);
    } catch (error) {
      // A type that no tensor can hold is no fault of the others.
      if (!(error instanceof HeliumLmError)) throw error;
    }
  }
  await reader.close();
}

function safetensorsTarget(): FuzzTarget {
  const folder = fixturePath("safetensors/");
  const files = readdirSync(folder).filter((name) => /^(?:ok_|proto_).*\.safetensors$/.test(name));
  const corpus = files.map((name) => bytesOf(folder + name));
  const documents = corpus.flatMap((bytes) => {
    try {
      const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      return [
        { header: JSON.parse(textOf(bytes.subarray(8, 8 + length))) as unknown, data: bytes.subarray(8 + length) },
      ];
    } catch {
      return [];
    }
  });
  return {
    mutated: async (rng) => {
      if (chance(rng, 0.4)) return mutateBytes(pick(rng, corpus), rng);
      const { header, data } = pick(rng, documents);
      const json = utf8.encode(mutateJson(header, rng));
      const file = new Uint8Array(8 + json.length + data.length);
      new DataView(file.buffer).setUint32(0, json.length, true);
      file.set(json, 8);
      file.set(data, 8 + json.length);
      return file;
    },
    read: async (input) => readAll(await SafetensorsFile.open(bytesSource(input, "x.safetensors"))),
  };
}

function indexTarget(): FuzzTarget {
  // Two shards of the smallest tensors; the index names them in all ways.
  const shard = (...names: string[]): Uint8Array => {
    const header = Object.fromEntries(
      names.map((name, n) => [name, { dtype: "U8", shape: [1], data_offsets: [n, n + 1] }]),
    );
    const json = utf8.encode(JSON.stringify(header));
    const file = new Uint8Array(8 + json.length + names.length);
    new DataView(file.buffer).setUint32(0, json.length, true);
    file.set(json, 8);
    return file;
  };
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
  const shards = new Map<string, Uint8Array>([
    [first, shard("model.a.weight", "model.b.weight")],
    [second, shard("model.c.weight")],
  ]);
  const small = {
    metadata: { total_size: 3 },
    weight_map: { "model.a.weight": first, "model.b.weight": first, "model.c.weight": second },
  };
  const real = jsonOf(fixturePath("models/helium-sharded/causal/model.safetensors.index.json"));
  return {
    mutated: mutatedText([small, small, real]),
    read: async (input) => {
      const openShard = async (name: string): Promise<ReturnType<typeof bytesSource>> => {
        if (/[/\\]|\.\./.test(name)) throw new Error(`the index led to ${JSON.stringify(name)}`);
        return bytesSource(shards.get(name) ?? new Uint8Array(0), name);
      };
      await readAll(await ShardedSafetensors.open(textOf(input), openShard));
    },
  };
}

/** Metadata and tensors of a small GGUF file, to be written again with changes. */
interface GgufParts {
  readonly metadata: ReadonlyMap<string, GgufScalar | GgufList>;
  readonly tensors: readonly GgufTensorToWrite[];
}

async function partsOf(path: string): Promise<GgufParts> {
  const file = await GgufFile.open(bytesSource(bytesOf(path), path));
  const metadata = new Map<string, GgufScalar | GgufList>();
  for (const key of file.metadata.keys()) {
    const value = await file.value(key);
    if (value !== undefined) metadata.set(key, value);
  }
  const tensors = await Promise.all(
    file.names().map(async (name) => {
      const { shape } = file.info(name);
      // The values do not matter here: one byte for each element keeps the file small.
      const bytes = new Uint8Array(shape.reduce((size, n) => size * n, 1));
      return { name, dtype: "i8" as const, shape, bytes };
    }),
  );
  return { metadata, tensors };
}

const ggufScalars: readonly GgufScalar[] = [
  { type: "u32", value: 0 },
  { type: "u32", value: 2 ** 32 - 1 },
  { type: "i32", value: -1 },
  { type: "u64", value: 2n ** 64n - 1n },
  { type: "f32", value: NaN },
  { type: "f32", value: 3e38 },
  { type: "bool", value: true },
  { type: "string", value: "" },
  { type: "string", value: "llama" },
  { type: "string", value: "{".repeat(200) },
];

async function changedGguf({ metadata, tensors }: GgufParts, rng: Rng): Promise<Uint8Array> {
  const changed = new Map(metadata);
  for (let changes = 1 + below(rng, 3); changes > 0; changes--) {
    const key = pick(rng, [...changed.keys()]);
    const value = changed.get(key);
    if (chance(rng, 0.15)) changed.delete(key);
    else if (value?.type === "array" && chance(rng, 0.7))
      changed.set(key, { ...value, items: value.items.slice(below(rng, 4), below(rng, value.items.length + 1)) });
    else if (value?.type === "u32" && chance(rng, 0.5))
      changed.set(key, { type: "u32", value: below(rng, 2) + below(rng, 2 ** (1 + below(rng, 31))) });
    else changed.set(key, pick(rng, ggufScalars));
  }
  const kept = chance(rng, 0.2) ? tensors.filter(() => chance(rng, 0.9)) : tensors;
  return written({ metadata: changed, tensors: kept });
}

async function written({ metadata, tensors }: GgufParts): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  await writeGguf(metadata, tensors, async (chunk) => void chunks.push(chunk.slice()));
  return new Uint8Array(Buffer.concat(chunks));
}

async function ggufTarget(): Promise<FuzzTarget> {
  const paths = ["llama-q4_0.gguf", "llama-q8_0.gguf"].map((name) => fixturePath(`quant/${name}`));
  const parts = await Promise.all(paths.map(partsOf));
  // Heads alone too, so that most changes hit what is parsed.
  const heads = await Promise.all(parts.map(({ metadata }) => written({ metadata, tensors: [] })));
  const tokenizers = ["gpt2.gguf", "llama.gguf"].map((name) => bytesOf(fixturePath(`gguf-tokenizer/${name}`)));
  const corpus = [...paths.map(bytesOf), ...heads, ...tokenizers];
  return {
    mutated: async (rng) => {
      if (chance(rng, 0.5)) return mutateBytes(pick(rng, corpus), rng);
      try {
        return await changedGguf(pick(rng, parts), rng);
      } catch (error) {
        // Values that the writer refuses.
        if (!(error instanceof HeliumLmError)) throw error;
        return mutateBytes(pick(rng, corpus), rng);
      }
    },
    read: async (input) => {
      const file = await GgufFile.open(bytesSource(input, "x.gguf"));
      for (const key of file.metadata.keys()) await file.value(key);
      await readAll(file);
      const files = ggufModelFiles(bytesSource(input, "x.gguf"));
      const tokenizer = await orRefused(async () => files.readTokenizer?.());
      if (tokenizer) await orRefused(async () => useTokenizer(tokenizer));
      const config = await files.readText("config.json");
      if (config !== null) void DecoderConfig.fromJSON(config, { fileName: "x.gguf" }).knobs;
      await readAll(await files.openWeights());
    },
  };
}

function useTokenizer(tokenizer: Tokenizer): void {
  const ids = tokenizer.encode(" Ein <s> Text\nüber 日本 😀 it's 3.14,  aaaa");
  tokenizer.decode(ids, { skipSpecialTokens: true });
}

interface Components {
  readonly models: Readonly<Record<string, object>>;
  readonly tokenizers: readonly {
    readonly model: string;
    readonly model_changes: object;
    readonly tokenizer: object;
  }[];
}

function tokenizerDocuments(): unknown[] {
  const { models, tokenizers } = jsonOf(
    fixturePath("../packages/helium/test/fixtures/tokenizer-components.json"),
  ) as Components;
  const shipped = jsonOf(fixturePath("tokenizer/tokenizer.json")) as { model: { vocab: unknown[] } };
  const unigram = { ...shipped.model, vocab: shipped.model.vocab.slice(0, 400) };
  return [
    { ...shipped, model: unigram },
    ...tokenizers.map(({ model, model_changes, tokenizer }) => ({
      ...tokenizer,
      model: { ...(models[model] ?? unigram), ...model_changes },
    })),
  ];
}

function tokenizerTarget(): FuzzTarget {
  return {
    mutated: mutatedText(tokenizerDocuments()),
    read: async (input) => useTokenizer(Tokenizer.fromJSON(textOf(input))),
  };
}

function sentencePieceTarget(): FuzzTarget {
  const model = bytesOf(fixturePath("sentencepiece/bpe.model"));
  return {
    mutated: async (rng) => mutateBytes(model, rng),
    read: async (input) => {
      const readBytes = async (name: string): Promise<Uint8Array | null> => (name === "tokenizer.model" ? input : null);
      useTokenizer(await AutoTokenizer.fromFiles({ readText: async () => null, readBytes }));
    },
  };
}

function tokenizerConfigTarget(): FuzzTarget {
  const model = { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "<s>": 3, "</s>": 4, "<unk>": 5 }, merges: ["a b"] };
  const token = { content: "<s>", lstrip: false, normalized: false, rstrip: false, single_word: false, special: true };
  const documents = [
    jsonOf(fixturePath("../models/helium-nano/tokenizer_config.json")),
    {
      ...{ bos_token: token, eos_token: "</s>", unk_token: "<unk>", additional_special_tokens: ["<s>", token] },
      ...{ added_tokens_decoder: { 3: token, 4: { ...token, content: "</s>" } }, padding_side: "left" },
      ...{
        truncation_side: "left",
        model_max_length: 1e30,
        chat_template: "{% for m in messages %}{{ m }}{% endfor %}",
      },
      ...{ add_bos_token: true, add_eos_token: false, clean_up_tokenization_spaces: true },
    },
  ];
  return {
    mutated: mutatedText(documents),
    read: async (input) => {
      const tokenizer = Tokenizer.fromJSON(JSON.stringify({ model }), textOf(input));
      tokenizer.decode(tokenizer.encode("abba"));
    },
  };
}

function configTarget(): FuzzTarget {
  const folder = fixturePath("models/");
  const documents = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("config.json") && !path.endsWith("generation_config.json"))
    .sort()
    .map((path) => jsonOf(folder + path));
  return {
    mutated: mutatedText(documents),
    read: async (input) => {
      const config = DecoderConfig.fromJSON(textOf(input));
      void config.knobs;
      DecoderConfig.fromJSON(config.toJSON());
    },
  };
}

/** The parsers by the name of what they read; made when they are asked for. */
export const fuzzTargets = {
  safetensors: async () => safetensorsTarget(),
  "index.json": async () => indexTarget(),
  gguf: ggufTarget,
  "tokenizer.json": async () => tokenizerTarget(),
  "tokenizer.model": async () => sentencePieceTarget(),
  "tokenizer_config.json": async () => tokenizerConfigTarget(),
  "config.json": async () => configTarget(),
} as const satisfies Readonly<Record<string, () => Promise<FuzzTarget>>>;

export type FuzzTargetName = keyof typeof fuzzTargets;
