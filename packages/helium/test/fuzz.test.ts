import { describe, expect, it } from "vitest";
import { DecoderConfig, Tokenizer } from "@helium-lm/helium";
import { bytesSource, ShardedSafetensors } from "@helium-lm/nn";
import { fuzz } from "./fuzz/run.ts";
import { fuzzTargets, type FuzzTargetName } from "./fuzz/targets.ts";

/** `npm run soak -- fuzz` reads many more. */
const RUNS: Readonly<Record<FuzzTargetName, number>> = {
  safetensors: 4000,
  "index.json": 4000,
  gguf: 2000,
  "tokenizer.json": 2000,
  "tokenizer.model": 1000,
  "tokenizer_config.json": 3000,
  "config.json": 3000,
};

describe("damaged files are read or refused with a typed error, fast and in little memory", () => {
  it.each(Object.keys(fuzzTargets) as FuzzTargetName[])("%s", async (target) => {
    const { failures, accepted, refused } = await fuzz(target, { seed: 42, runs: RUNS[target] });
    expect(failures.map(({ run, kind, reason }) => ({ run, kind, reason }))).toEqual([]);
    // A mutator that breaks everything, or nothing, would test little.
    expect(Math.min(accepted, refused)).toBeGreaterThan(RUNS[target] / 50);
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
