import { describe, expect, it } from "vitest";
import { AutoTokenizer, ChatTemplateError, DecoderConfig, Tokenizer } from "@helium-lm/helium";
import { bytesSource, ShardedSafetensors } from "@helium-lm/nn";
import { generationConfigOf } from "@helium-lm/helium/loading/read-generation-config";
import { resolveGeneration } from "@helium-lm/helium/generation/options/resolve";
import { shardsIn } from "@helium-lm/helium/hub/hub-repo";
import { LARGE_EVERY } from "./inputs.ts";
import { heapMeter } from "./meter.ts";
import { fuzz } from "./fuzz.ts";
import { fuzzTargetNames } from "./targets/index.ts";

/** `npm run soak -- fuzz` reads a million of each, the large ones of up to 64 MB. */
const SMALL = 400;
const LARGE = 4;

const generationConfigFrom = (text: string): ReturnType<typeof generationConfigOf> => {
  const files = {
    location: "x",
    readBytes: async () => new TextEncoder().encode(text),
    openWeights: () => Promise.reject(new Error("no")),
  };
  return generationConfigOf(files, () => DecoderConfig.fromJSON({ model_type: "helium" }));
};

describe("damaged and grown inputs are read or refused with a typed error, fast and in little memory", () => {
  it.each(fuzzTargetNames)("%s", async (target) => {
    const small = Array.from({ length: SMALL }, (_, n) => n + 1);
    const large = Array.from({ length: LARGE }, (_, n) => n * LARGE_EVERY);
    const options = { seed: 42, meter: heapMeter(), mostBytes: 500_000 };
    const { failures, accepted, inputs } = await fuzz(target, { ...options, runs: [...small, ...large] });
    expect(failures).toEqual([]);
    // A mutator that breaks everything, or nothing, would test little.
    expect(Math.min(accepted, inputs - accepted)).toBeGreaterThan(SMALL / 50);
  });
});

describe("found by fuzzing", () => {
  const deep = "[".repeat(50_000) + "]".repeat(50_000);
  const model = `{"type":"BPE","vocab":{"a":0},"merges":[]}`;

  it.each<[string, () => unknown]>([
    ["a version that is a deep list", () => Tokenizer.fromJSON(`{"version":${deep},"model":${model}}`)],
    [
      "a model_max_length that is a deep list",
      () => Tokenizer.fromJSON(`{"model":${model}}`, `{"model_max_length":${deep}}`),
    ],
    ["a config key that is a deep list", () => DecoderConfig.fromJSON(`{"model_type":${deep}}`)],
  ])("%s is refused", (_, read) => {
    expect(read).toThrow(/^(?:tokenizer|tokenizer_config|config)\.json/);
  });

  it.each<[string, (text: string) => unknown]>([
    ["config.json", (text) => DecoderConfig.fromJSON(`{"model_type":"helium","x":${text}}`)],
    ["generation_config.json", (text) => generationConfigFrom(`{"x":${text}}`)],
    ["tokenizer.json", (text) => Tokenizer.fromJSON(`{"x":${text},"model":${model}}`)],
    ["tokenizer_config.json", (text) => Tokenizer.fromJSON(`{"model":${model}}`, `{"x":${text}}`)],
    ["index.json", async (text) => shardsIn("x", `{"weight_map":{"a":"b.safetensors"},"x":${text}}`)],
  ])("a %s of two million empty lists is refused before they are made", async (_, read) => {
    const text = `[${"[],".repeat(2_000_000)}0]`;
    await expect(async () => read(text)).rejects.toThrow(
      /holds more than \d+ MiB of values in its first \d+ characters/,
    );
  });

  it("a tokenizer.model of more pieces than any vocabulary has is refused", async () => {
    const piece = [0x0a, 0x03, 0x0a, 0x01, 0x61];
    const bytes = Uint8Array.from({ length: piece.length * 400_001 }, (_, at) => piece[at % piece.length] ?? 0);
    const files = { readBytes: async (name: string) => (name === "tokenizer.model" ? bytes : null) };
    await expect(AutoTokenizer.fromPretrained(files)).rejects.toThrow(/pieces are more than 400000/);
  });

  it("a generation config with keys that every object has", async () => {
    const text = '{"constructor":1,"to_string":2,"value_of":3,"has_own_property":4,"no_repeat_ngram_size":3}';
    const config = await generationConfigFrom(text);
    const limits = { vocabSize: 10, maxPositionEmbeddings: 10 };
    expect(resolveGeneration({ inputIds: [[1]], seed: 1 }, config, limits).noRepeatNgramSize).toBe(3);
  });

  it.each<[string, unknown]>([
    ["a message", [JSON.parse(deep)]],
    ["a role", [{ role: JSON.parse(deep) as unknown }]],
    ["a content", [{ role: "user", content: JSON.parse(deep) as unknown }]],
  ])("%s that is a deep list is refused", (_, messages) => {
    const tokenizer = Tokenizer.fromJSON(`{"model":${model}}`, { chat_template: "{{ messages }}" });
    expect(() => tokenizer.applyChatTemplate(messages as never)).toThrow(ChatTemplateError);
  });
});

it.each([
  "../x.safetensors",
  "a/../../x.safetensors",
  "/etc/x.safetensors",
  "C:\\x.safetensors",
  "..\\x.safetensors",
  ".",
])("a shard named %j is refused before anything is opened", async (shard) => {
  const opened: string[] = [];
  const openShard = async (name: string): Promise<ReturnType<typeof bytesSource>> => {
    opened.push(name);
    return bytesSource(new Uint8Array(10));
  };
  const index = JSON.stringify({ weight_map: { "model.norm.weight": shard } });
  await expect(ShardedSafetensors.open(index, openShard)).rejects.toThrow(/must name a \.safetensors file in the same/);
  expect(opened).toEqual([]);
});
