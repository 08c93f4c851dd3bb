import {
  fetchSource,
  GgufError,
  GgufFile,
  GgufHeads,
  ShardedGguf,
  shardFileName,
  type ByteSource,
  type FetchSourceOptions,
  type GgufMetadata,
} from "@helium-lm/nn";
import { DecoderConfig, type JsonObject } from "../config/index.ts";
import { architectureIn, ggufConfig } from "../gguf/config-json.ts";
import { GgufCheckpoint } from "../gguf/gguf-checkpoint.ts";
import { GgufHyperparameters } from "../gguf/hyperparameters.ts";
import { ggufTokenizerText } from "../gguf/tokenizer/gguf-tokenizer.ts";
import type { GgufSource } from "./model-source.ts";
import { checkUrlOptions, fetchOptionsOf, type UrlOptions } from "./url-source.ts";

/**
 * The model in a GGUF file: config.json and the tokenizer's files are made of its metadata, the weights have the paths of a
 * Hugging Face checkpoint. Of a split model name the first file; the others are found beside it.
 *
 * @param source path (Node only), http(s) URL, or bytes that the caller closes
 * @param options how a URL is read
 * @throws ModelLoadError for unknown options; from the methods: GgufError, ByteSourceError
 *
 * @example
 * const source = ggufSource("fixtures/quant/llama-q4_0.gguf"); // or an http(s) URL, or bytes
 * console.log((await AutoConfig.fromPretrained(source)).modelType); // llama
 */
export function ggufSource(source: string | URL | ByteSource, options: UrlOptions = {}): GgufSource {
  checkUrlOptions("ggufSource", options);
  const location = isByteSource(source) ? source.name : String(source);
  const fetchOptions = { ...fetchOptionsOf(options), wholes: new Map<string, Blob>() };
  return sourceOf(location, (heads) => openModel(source, fetchOptions, heads));
}

/**
 * The same in a place that opens files by name, where the other files of a split model are too.
 *
 * @param name of the file, of a split model the first
 */
export function ggufSourceOf(location: string, name: string, open: OpenFile): GgufSource {
  return sourceOf(location, (heads) => openNamed(name, open, heads));
}

type OpenGguf = GgufFile | ShardedGguf;
type OpenFile = (name: string) => Promise<ByteSource>;

function sourceOf(location: string, open: (heads: GgufHeads) => Promise<OpenGguf>): GgufSource {
  // A model is opened for its config, its weights and its tokenizer.
  const heads = new GgufHeads();
  const configs = new WeakMap<GgufMetadata, JsonObject>();
  const openGguf = (): Promise<OpenGguf> => open(heads);
  const configOf = async (reader: OpenGguf): Promise<JsonObject> => {
    const config = configs.get(reader.metadata) ?? (await ggufConfig(reader));
    configs.set(reader.metadata, config);
    return config;
  };
  return {
    location,
    readBytes: async (name) => {
      if (!hasForm(name)) return null;
      const reader = await openGguf();
      try {
        const text =
          name === "config.json"
            ? JSON.stringify(await configOf(reader), null, 2)
            : await ggufTokenizerText(reader, name);
        return text === null ? null : new TextEncoder().encode(text);
      } finally {
        await reader.close();
      }
    },
    openGguf,
    openWeights: async () => {
      const reader = await openGguf();
      try {
        const { normsPlusOne = false } = architectureIn(new GgufHyperparameters(reader));
        const config = DecoderConfig.fromJSON(await configOf(reader), { fileName: location });
        return new GgufCheckpoint(reader, config.traits, normsPlusOne);
      } catch (error) {
        await reader.close();
        throw error;
      }
    },
  };
}

/** The files that its metadata are given as. */
const hasForm = (name: string): name is "config.json" | "tokenizer.json" | "tokenizer_config.json" =>
  ["config.json", "tokenizer.json", "tokenizer_config.json"].includes(name);

const isByteSource = (source: string | URL | ByteSource): source is ByteSource =>
  typeof source === "object" && "read" in source;

async function openModel(
  source: string | URL | ByteSource,
  options: FetchSourceOptions,
  heads: GgufHeads,
): Promise<OpenGguf> {
  if (isByteSource(source)) {
    // Closing is the caller's.
    const first = await GgufFile.open({ ...source, close: () => Promise.resolve() }, heads);
    return ShardedGguf.open(first, (_, shards) => {
      throw new GgufError(source.name, `is one of ${shards} files; name its path or URL, so that the others are found`);
    });
  }
  if (source instanceof URL || /^https?:\/\//i.test(source)) {
    const url = new URL(source);
    const fetchFile: OpenFile = (pathname) => fetchSource(Object.assign(new URL(url), { pathname }), options);
    return openNamed(url.pathname, fetchFile, heads);
  }
  const { openGguf } = await import("@helium-lm/nn/io/node");
  return openGguf(source, heads);
}

async function openNamed(name: string, open: OpenFile, heads: GgufHeads): Promise<OpenGguf> {
  const first = await GgufFile.open(await open(name), heads);
  const shardOf = (index: number, shards: number): Promise<ByteSource> => {
    const shard = shardFileName(name, index, shards);
    if (shard !== null) return open(shard);
    throw new GgufError(
      first.name,
      `is one of ${shards} files, but its name does not end in -00001-of-${String(shards).padStart(5, "0")}.gguf; rename it`,
    );
  };
  return ShardedGguf.open(first, shardOf, heads);
}
