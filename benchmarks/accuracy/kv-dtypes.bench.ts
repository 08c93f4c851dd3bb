import { fileURLToPath } from "node:url";
import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import { kvDTypes, type KvDType } from "@helium-lm/nn";
import { describeMachine } from "../machine.ts";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import { DivergenceSum, type Divergence } from "./divergence.ts";
import { commonPrefixLength } from "./common-prefix-length.ts";
import { manual, passage, rights } from "./passage.ts";
import { saveComparison } from "./save-comparison.ts";

const nano = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));

/** Tokens of a pass; the logits of all of them come to the host. */
const PIECE = 64;
const PROMPTS = 16;
const PROMPT_TOKENS = 24;
const NEW_TOKENS = 64;

/** Greedy texts beside those with f32 keys and values. */
interface GreedyTexts {
  readonly texts: number;
  readonly of: number;
  /** Texts that are the same to the end, and new tokens before the first difference, over all texts. */
  readonly equal: number;
  readonly equalTokens: number;
}

/** What storage in a dtype changes. */
export interface KvRow extends Divergence {
  readonly kvDType: KvDType;
  readonly greedy: GreedyTexts;
}

/**
 * What keys and values in fewer bits do to predictions: the logits after every token of three texts beside those with f32
 * keys and values, and greedy texts of 16 prompts. Attention is the same kernel but for how it reads them.
 */
export async function kvDTypesParity(name: string): Promise<void> {
  const [smollm2] = formatModels;
  const models = [];
  for (const format of ["F16", "Q8_0"] as const)
    if (smollm2) models.push(await compared(`${smollm2.name} ${format}`, await formatFile(smollm2, format)));
  models.push(await compared("helium-nano", nano));
  saveComparison(name, { machine: describeMachine(), backend: "wasm", models });
}

async function compared(title: string, path: string): Promise<{ model: string; tokens: number; rows: KvRow[] }> {
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  using model = await AutoModelForCausalLM.fromPretrained(path, { backend: "wasm", threads: 2 });
  const texts = [passage, rights, manual].map((text) => tokenizer.encode(text));
  const divergences = await divergencesOf(model, texts);
  const greedy = await greedyOf(model, texts);
  const rows = kvDTypes.map((kvDType) => ({ kvDType, ...divergences[kvDType].result, greedy: greedy[kvDType] }));
  console.log(title);
  for (const row of rows) console.log(`  ${line(row)}`);
  return { model: title, tokens: texts.flat().length, rows };
}

/** Logits with every storage beside those with f32, over texts read in pieces. */
async function divergencesOf(
  model: ModelForCausalLM,
  texts: readonly (readonly number[])[],
): Promise<Readonly<Record<KvDType, DivergenceSum>>> {
  const sums = byDType(() => new DivergenceSum());
  for (const ids of texts) {
    const caches = byDType((kvDType) => model.createCache({ kvDType }));
    for (let from = 0; from < ids.length; from += PIECE) {
      const piece = ids.slice(from, from + PIECE);
      const logits = async (kvDType: KvDType): Promise<readonly Float32Array[]> => {
        using out = model.forward({ inputIds: [piece], pastKeyValues: caches[kvDType] });
        const values = Float32Array.from(await out.logits.data());
        const V = values.length / piece.length;
        return piece.map((_, t) => values.subarray(t * V, (t + 1) * V));
      };
      const exact = await logits("f32");
      for (const kvDType of kvDTypes) {
        const rows = kvDType === "f32" ? exact : await logits(kvDType);
        exact.forEach((row, t) => sums[kvDType].add(row, rows[t] ?? row));
      }
    }
    for (const kvDType of kvDTypes) caches[kvDType].dispose();
  }
  return sums;
}

async function greedyOf(
  model: ModelForCausalLM,
  texts: readonly (readonly number[])[],
): Promise<Readonly<Record<KvDType, GreedyTexts>>> {
  const ids = texts.flat();
  const step = Math.floor((ids.length - PROMPT_TOKENS) / (PROMPTS - 1));
  const prompts = Array.from({ length: PROMPTS }, (_, i) => ids.slice(i * step, i * step + PROMPT_TOKENS));
  const written = async (kvDType: KvDType): Promise<readonly (readonly number[])[]> => {
    const options = { generationConfig: {}, doSample: false, eosTokenId: [], maxNewTokens: NEW_TOKENS, kvDType };
    const { sequences } = await model.generate({ ...options, inputIds: prompts });
    return sequences.map((row) => row.slice(PROMPT_TOKENS));
  };
  const exact = await written("f32");
  const found: [KvDType, GreedyTexts][] = [];
  for (const kvDType of kvDTypes) {
    const rows = kvDType === "f32" ? exact : await written(kvDType);
    const same = exact.map((row, i) => commonPrefixLength(row, rows[i] ?? []));
    const equal = same.filter((count) => count === NEW_TOKENS).length;
    const equalTokens = same.reduce((sum, count) => sum + count, 0);
    found.push([kvDType, { texts: PROMPTS, of: NEW_TOKENS, equal, equalTokens }]);
  }
  return Object.fromEntries(found) as Record<KvDType, GreedyTexts>;
}

function byDType<T>(make: (kvDType: KvDType) => T): Readonly<Record<KvDType, T>> {
  return Object.fromEntries(kvDTypes.map((kvDType) => [kvDType, make(kvDType)])) as Record<KvDType, T>;
}

function line({ kvDType, meanKl, maxKl, agreement, widestLead, maxLogitDifference, greedy }: KvRow): string {
  const kl = `KL ${meanKl.toExponential(1)} (at most ${maxKl.toExponential(1)})`;
  const choice = `first choice ${(100 * agreement).toFixed(2)} % (leads up to ${widestLead.toFixed(3)})`;
  const texts = `${greedy.equal} of ${greedy.texts} greedy texts, ${greedy.equalTokens} tokens`;
  return `${kvDType.padEnd(5)} ${kl}  ${choice}  logits ${maxLogitDifference.toFixed(3)}  ${texts}`;
}
