import { bytesSource, GgufFile, type GgufScalar } from "@helium-lm/nn";
import { AutoTokenizer, DecoderConfig, ggufSource, readText } from "@helium-lm/helium";
import type { Rng } from "@helium-lm/tensor";
import { fixturePath } from "../../fixtures.ts";
import { below, chance, pick } from "../draw.ts";
import { grownBytes, textRun } from "../grow.ts";
import { mutateBytes } from "../mutate-bytes.ts";
import {
  arrayItem,
  ggufBytes,
  metadataItem,
  metadataOf,
  numberedParts,
  stringItem,
  tensorInfo,
  type GgufItem,
} from "./gguf-bytes.ts";
import { orRefused, readTensors, useTokenizer, type FuzzTarget } from "./target.ts";

const nastyScalars: readonly GgufScalar[] = [
  { type: "u32", value: 0 },
  { type: "u32", value: 1 },
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

const itemTypes = ["u8", "i8", "u32", "f32", "bool", "string", "u64", "f64"] as const;

/** Keys under which arrays are read. */
const arrayKeys = ["tokens", "scores", "token_type", "merges"].map((name) => `tokenizer.ggml.${name}`);

function changed(items: readonly GgufItem[], rng: Rng): Uint8Array[] {
  const result = items.map(({ bytes }) => bytes);
  for (let changes = 1 + below(rng, 3); changes > 0; changes--) {
    const at = below(rng, items.length);
    const key = items[at]?.key ?? "";
    const kind = below(rng, 5);
    if (kind === 0) result[at] = new Uint8Array(0);
    else if (kind === 1) result.push(pick(rng, result));
    else if (kind === 2) result[at] = mutateBytes(result[at] ?? new Uint8Array(1), rng);
    else if (kind === 3)
      result[at] = metadataItem(key, { type: "u32", value: below(rng, 2 ** (1 + below(rng, 31))) }).bytes;
    else result[at] = metadataItem(key, pick(rng, nastyScalars)).bytes;
  }
  return result.filter(({ length }) => length > 0);
}

/** Content of an array: items as small as they may be. */
function manyItems(
  rng: Rng,
  size: number,
): { readonly type: GgufScalar["type"]; readonly length: number; readonly bytes: Uint8Array } {
  const type = pick(rng, itemTypes);
  if (type !== "string") {
    const width = type === "u64" || type === "f64" ? 8 : type === "u32" || type === "f32" ? 4 : 1;
    const length = Math.floor(size / width);
    return { type, length, bytes: new Uint8Array(length * width).fill(type === "bool" ? 1 : below(rng, 256)) };
  }
  const isNumbered = chance(rng, 0.5);
  const sample = stringItem(isNumbered ? "aaaaa" : pick(rng, ["", "a", "ab"]));
  const length = Math.floor(size / sample.length);
  const bytes = new Uint8Array(length * sample.length);
  for (let n = 0; n < length; n++) {
    bytes.set(sample, n * sample.length);
    if (!isNumbered) continue;
    for (let digit = 0, rest = n; digit < 5; digit++, rest = Math.floor(rest / 40))
      bytes[n * sample.length + 8 + digit] = 0x41 + (rest % 40);
  }
  return { type, length, bytes };
}

export async function ggufTarget(): Promise<FuzzTarget> {
  const paths = ["quant/llama-q4_0.gguf", "gguf-tokenizer/gpt2.gguf", "gguf-tokenizer/llama.gguf"];
  const [model = [], ...vocabularies] = await Promise.all(paths.map((path) => metadataOf(fixturePath(path), 48)));
  // One layer, so that the file needs few tensors.
  const oneLayer = model.map((item) =>
    item.key === "llama.block_count" ? metadataItem(item.key, { type: "u32", value: 1 }) : item,
  );
  const heads = [oneLayer, oneLayer, ...vocabularies];
  const blocks = [
    "attn_norm",
    "attn_q",
    "attn_k",
    "attn_v",
    "attn_output",
    "ffn_norm",
    "ffn_gate",
    "ffn_up",
    "ffn_down",
  ];
  const names = ["token_embd", "output_norm", "output", ...blocks.map((name) => `blk.0.${name}`)];
  const tensors = names.map((name, n) => tensorInfo(`${name}.weight`, [4, 8], 32 * n));
  const data = new Uint8Array(32 * names.length);
  const corpus = heads.map((items) =>
    ggufBytes(
      items.map(({ bytes }) => bytes),
      tensors,
      data,
    ),
  );
  const growths: readonly ((items: readonly GgufItem[], rng: Rng, size: number) => Uint8Array)[] = [
    // An array that the tokenizer reads, or another one.
    (items, rng, size) => {
      const key = pick(rng, [...arrayKeys, "x"]);
      const { type, length, bytes } = manyItems(rng, size);
      const array = arrayItem(key, type, length, bytes);
      return ggufBytes([...items.filter((item) => item.key !== key).map((item) => item.bytes), array], [], data);
    },
    (items, rng, size) => {
      const long = metadataItem(pick(rng, items).key, { type: "string", value: textRun(rng, size) });
      return ggufBytes(
        [...items.filter(({ key }) => key !== long.key).map(({ bytes }) => bytes), long.bytes],
        [],
        data,
      );
    },
    (_, rng, size) => {
      const value = pick(rng, nastyScalars);
      return ggufBytes(numberedParts(size, metadataItem("0", value).bytes), [], data);
    },
    (items, rng, size) => {
      const shape = pick(rng, [[], [0], [1], [1, 1, 1, 1]]);
      const infos = numberedParts(size, tensorInfo("0", shape, 0), 32);
      return ggufBytes(
        items.map(({ bytes }) => bytes),
        infos,
        new Uint8Array(chance(rng, 0.5) ? 32 * infos.length : 0),
      );
    },
    (items, _, size) =>
      ggufBytes(
        items.map(({ bytes }) => bytes),
        [tensorInfo("token_embd.weight", [1, size], 0)],
        new Uint8Array(size),
      ),
  ];
  return {
    mutated: (rng) =>
      chance(rng, 0.5) ? mutateBytes(pick(rng, corpus), rng) : ggufBytes(changed(pick(rng, heads), rng), tensors, data),
    grown: (rng, size) =>
      chance(rng, 0.2) ? grownBytes(pick(rng, corpus), rng, size) : pick(rng, growths)(pick(rng, heads), rng, size),
    read: async (input) => {
      const file = await GgufFile.open(bytesSource(input, "x.gguf"));
      await readTensors(file);
      const files = ggufSource(bytesSource(input, "x.gguf"));
      const tokenizer = await orRefused(() => AutoTokenizer.fromPretrained(files));
      if (tokenizer) await orRefused(() => useTokenizer(tokenizer));
      const config = await readText(files, "config.json");
      if (config !== null) void DecoderConfig.fromJSON(config, { fileName: "x.gguf" }).traits;
      await readTensors(await files.openWeights());
    },
  };
}
