import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HeliumLmError } from "@helium-lm/tensor";
import { AutoModelForCausalLM, folderSource, loadConfig, readText, type ModelSource } from "@helium-lm/helium";
import { exportGguf, ggufTokenizerMetadata } from "@helium-lm/helium/gguf";
import { writeGgufFile } from "@helium-lm/nn/io/node";
import { describeMachine } from "../machine.ts";
import { Oracle } from "../peers/native/oracle.ts";
import { release } from "../peers/native/native.ts";
import { commonPrefixLength } from "./common-prefix-length.ts";
import { halfHeads } from "./narrow-heads.ts";
import { saveComparison } from "./save-comparison.ts";
import { tinyTokenizer } from "./tiny-tokenizer.ts";

const fixtures = fileURLToPath(new URL("../../fixtures/models/", import.meta.url));
const prompts = [
  [1, 17, 64, 33, 90, 8, 41, 5, 76],
  [1, 88, 12, 60, 60, 31],
];
const NEW_TOKENS = 24;

/** Settings of fixtures that no GGUF file can say, and what stands there instead: the weights are random anyway. */
const sayable: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gemma2: { query_pre_attn_scalar: 16 },
  gemma3_text: { query_pre_attn_scalar: 16 },
  glm: { head_dim: 8 },
  "helium-bias": { hidden_act: "silu", mlp_bias: false },
  mistral: { sliding_window: null },
  qwen3: { use_sliding_window: false, sliding_window: null, layer_types: null },
  smollm3: { no_rope_layers: null, no_rope_layer_interval: 4 },
};

interface FamilyRow {
  readonly checkpoint: string;
  readonly architecture: string | null;
  /** New tokens that agree, of `NEW_TOKENS` per prompt; null where nothing was written or loaded. */
  readonly agree: readonly number[] | null;
  /** The least lead of a chosen token over the next. */
  readonly leastGap: number | null;
  /** Settings that were changed because GGUF cannot say the fixture's. */
  readonly changed: Readonly<Record<string, unknown>>;
  /** Why there is no file, or what llama.cpp says to it. */
  readonly reason: string | null;
}

/** Every fixture checkpoint as a GGUF file of ours, in llama.cpp: the same greedy tokens? */
export async function familiesParity(name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "helium-parity-"));
  const rows: FamilyRow[] = [];
  try {
    for (const checkpoint of readdirSync(fixtures)) {
      const row = await compare(checkpoint, join(folder, `${checkpoint}.gguf`));
      rows.push(row);
      const result = row.agree === null ? row.reason : `${row.agree.join(", ")} of ${NEW_TOKENS} tokens agree`;
      console.log(`${checkpoint.padEnd(16)} ${(row.architecture ?? "—").padEnd(10)} ${result}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  saveComparison(name, { machine: describeMachine(), llamaCpp: release(), newTokens: NEW_TOKENS, rows });
}

async function compare(checkpoint: string, path: string): Promise<FamilyRow> {
  const changed = sayable[checkpoint] ?? {};
  const none = { checkpoint, architecture: null, agree: null, leastGap: null, changed };
  try {
    const architecture = await write(await fixtureFiles(checkpoint), path);
    return { ...none, architecture, ...(await greedyOf(path)) };
  } catch (error) {
    if (!(error instanceof HeliumLmError)) throw error;
    return { ...none, reason: error.message };
  }
}

/** The files of a fixture, which has no tokenizer, with one. */
async function fixtureFiles(checkpoint: string): Promise<ModelSource> {
  const source = await folderSource(join(fixtures, checkpoint, "causal"));
  const { tokenizer, config } = tinyTokenizer((await loadConfig(source)).vocabSize);
  const own = JSON.parse((await readText(source, "config.json")) ?? "{}") as object;
  const texts: Readonly<Record<string, string>> = {
    "config.json": JSON.stringify({ ...own, ...sayable[checkpoint] }),
    "tokenizer.json": tokenizer,
    "tokenizer_config.json": config,
  };
  return {
    ...source,
    readBytes: async (name) => {
      const text = texts[name];
      return text === undefined ? source.readBytes(name) : new TextEncoder().encode(text);
    },
    openWeights: async () => {
      const reader = await source.openWeights();
      return checkpoint === "glm" ? halfHeads(reader) : reader;
    },
  };
}

async function write(files: ModelSource, path: string): Promise<string> {
  const config = await loadConfig(files);
  const reader = await files.openWeights();
  try {
    const metadata = await ggufTokenizerMetadata(files, config.vocabSize);
    const model = await exportGguf(config, reader, { dtype: "f32", metadata });
    await writeGgufFile(path, model.metadata, model.tensors);
    return String((model.metadata.get("general.architecture") as { readonly value: unknown }).value);
  } finally {
    await reader.close();
  }
}

async function greedyOf(path: string): Promise<Pick<FamilyRow, "agree" | "leastGap" | "reason">> {
  const oracle = await Oracle.open(path, { context: 64 });
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend: "cpu" });
  try {
    const agree: number[] = [];
    let leastGap = Infinity;
    for (const prompt of prompts) {
      const theirs = await oracle.greedy(prompt, NEW_TOKENS);
      const options = { inputIds: [prompt], maxNewTokens: NEW_TOKENS, doSample: false, eosTokenId: [] };
      const { sequences } = await model.generate({ generationConfig: {}, ...options });
      agree.push(commonPrefixLength(sequences[0]?.slice(prompt.length) ?? [], theirs.tokens));
      leastGap = Math.min(leastGap, ...theirs.gaps);
    }
    return { agree, leastGap, reason: null };
  } finally {
    model.dispose();
    model.backend.dispose();
    await oracle.close();
  }
}
