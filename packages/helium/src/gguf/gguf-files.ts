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
import type { ModelFiles } from "../hub/model-files.ts";
import { architectureIn, ggufConfig } from "./config-json.ts";
import { GgufFacts, type GgufReader } from "./facts.ts";
import type { MetadataReader } from "./tokenizer/ggml-vocabulary.ts";
import { GgufCheckpoint } from "./gguf-checkpoint.ts";
import { ggufTokenizer, ggufTokenizerText } from "./tokenizer/gguf-tokenizer.ts";

/** Whether a path or URL names a GGUF file. */
export function isGgufLocation(location: string | URL): boolean {
  return /\.gguf$/i.test(location instanceof URL ? location.pathname : location.replace(/[?#].*$/, ""));
}

/**
 * The model in a GGUF file as model files: config and tokenizer are made of the metadata, the weights have the paths of a
 * Hugging Face checkpoint. Of a split model the first file is named; the others are found beside it.
 *
 * @param source path (Node only), http(s) URL, or bytes that the caller closes
 * @param options how a URL is read
 */
export function ggufModelFiles(source: string | URL | ByteSource, options: FetchSourceOptions = {}): ModelFiles {
  const location = typeof source === "object" && "read" in source ? source.name : String(source);
  // A model is opened for its config, its weights and its tokenizer.
  const heads = new GgufHeads();
  const wholes = new Map<string, Blob>();
  const configs = new WeakMap<GgufMetadata, JsonObject>();
  const open = (): Promise<OpenGguf> => openGgufModel(source, { ...options, wholes }, heads);
  const configOf = async (reader: OpenGguf): Promise<JsonObject> => {
    const config = configs.get(reader.metadata) ?? (await ggufConfig(reader));
    configs.set(reader.metadata, config);
    return config;
  };
  const read = async <T>(from: (reader: OpenGguf) => Promise<T>): Promise<T> => {
    const reader = await open();
    try {
      return await from(reader);
    } finally {
      await reader.close();
    }
  };
  return {
    location,
    readText: async (name) => {
      if (name === "tokenizer.json" || name === "tokenizer_config.json")
        return read((reader) => ggufTokenizerText(reader, name));
      if (name === "config.json") return read(async (reader) => JSON.stringify(await configOf(reader), null, 2));
      return null;
    },
    readTokenizer: () => read(ggufTokenizer),
    openWeights: async () => {
      const reader = await open();
      try {
        const { normsPlusOne = false } = architectureIn(new GgufFacts(reader));
        const config = DecoderConfig.fromJSON(await configOf(reader), { fileName: location });
        return new GgufCheckpoint(reader, config.knobs, normsPlusOne);
      } catch (error) {
        await reader.close();
        throw error;
      }
    },
  };
}

/** With the arrays of its metadata. */
type OpenGguf = GgufReader & MetadataReader;

async function openGgufModel(
  source: string | URL | ByteSource,
  options: FetchSourceOptions,
  heads: GgufHeads,
): Promise<OpenGguf> {
  if (typeof source === "object" && "read" in source) {
    // Closing is the caller's.
    const first = await GgufFile.open({ ...source, close: () => Promise.resolve() }, heads);
    return ShardedGguf.open(first, (_, shards) => {
      throw new GgufError(source.name, `is one of ${shards} files; name its path or URL, so that the others are found`);
    });
  }
  if (source instanceof URL || /^https?:\/\//.test(source)) return openFromUrl(new URL(source), options, heads);
  const { openGguf } = await import("@helium-lm/nn/io/node");
  return openGguf(source, heads);
}

async function openFromUrl(url: URL, options: FetchSourceOptions, heads: GgufHeads): Promise<OpenGguf> {
  const first = await GgufFile.open(await fetchSource(url, options), heads);
  const shardOf = (index: number, shards: number): Promise<ByteSource> => {
    const path = shardFileName(url.pathname, index, shards);
    if (path === null)
      throw new GgufError(url.href, `is one of ${shards} files, but not named …-00001-of-…; give it its name back`);
    const shard = new URL(url);
    shard.pathname = path;
    return fetchSource(shard, options);
  };
  return ShardedGguf.open(first, shardOf, heads);
}
