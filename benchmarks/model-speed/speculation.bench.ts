import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createBackend, scope } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, type GenerateOptions, type ModelForCausalLM } from "@helium-lm/helium";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

const THREADS = 2;
/** Rows that go on together. */
const ROWS = [1, 4, 16] as const;
/** Tokens of a pass whose cost is measured beside one of a single token. */
const PASSES = [1, 2, 4, 8, 16] as const;

const list =
  "Alder, ash, aspen, beech, birch, box, cedar, cherry, chestnut, cypress, elder, elm, fir, hazel, hawthorn, holly, hornbeam, " +
  "juniper, larch, lime, maple, oak, pear, pine, plane, poplar, rowan, spruce, sycamore, walnut, willow, yew.";

const prompts = {
  "copy-heavy": `<|im_start|>user\nRepeat this list twice, word for word: ${list}<|im_end|>\n<|im_start|>assistant\n${list}\n`,
  free:
    "<|im_start|>system\nYou are a teller of stories. You like animals that do what animals never did, small towns where everybody " +
    "knows everybody, and endings that nobody saw coming but that make sense once they are there. You never explain a joke.<|im_end|>\n" +
    "<|im_start|>user\nTell me a story about a fox who learns to read.<|im_end|>\n<|im_start|>assistant\n",
} as const;

/** Texts of helium-nano's kind: it knows no instructions. */
const nanoPrompts = {
  "copy-heavy": `${list} ${list} ${list.slice(0, 60)}`,
  free:
    "Das Programm läuft auf allen Rechnern, die seit dem letzten Jahr verkauft wurden, und braucht keinen Anschluss an das Netz. Die " +
    "Sprache der Oberfläche kann jederzeit gewechselt werden, ohne dass Daten verloren gehen. Um das System zu installieren,",
} as const;

interface Bench {
  readonly name: string;
  readonly path: string;
  readonly prompts: Readonly<Record<string, string>>;
  /** Draft models by their name. */
  readonly drafts: Readonly<Record<string, string>>;
}

/**
 * Tokens per second behind a copy-heavy and a free prompt, plain, with lookup, with a draft model and with both; greedy, and
 * drawn with the draft model. The large model keeps the prompts, so that the time is that of new tokens; the draft model reads
 * them each time. Which texts are the same is checked as it goes.
 *
 * There is no pair of a small and a large model with one vocabulary among the files, so the draft models are the same model in
 * fewer bits: SmolLM2-135M Q4_0 and Q2_K for its F16.
 *
 * @param args `--only TEXT` (tests whose name has it), `--rounds N` and `--tokens N`: what is measured so is not saved
 */
export async function speculationBenchmark(name: string, args: readonly string[]): Promise<void> {
  const { only, rounds, tokens } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: "" },
      rounds: { type: "string", default: "2" },
      tokens: { type: "string", default: "64" },
    },
  }).values;
  const before = await conditions();
  const results: Result[] = [];
  for (const bench of await benches())
    results.push(...(await measure(bench, { only, rounds: Number(rounds), tokens: Number(tokens) })));
  printResults(results, "plain");
  if (args.length === 0) saveReport(name, before, { results, missing: [], versions: {} });
}

async function benches(): Promise<readonly Bench[]> {
  const nano = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));
  const [smollm2] = formatModels;
  const made = smollm2
    ? [
        {
          name: "SmolLM2-135M F16",
          path: await formatFile(smollm2, "F16"),
          prompts,
          drafts: { "draft Q4_0": await formatFile(smollm2, "Q4_0"), "draft Q2_K": await formatFile(smollm2, "Q2_K") },
        },
      ]
    : [];
  return [...made, { name: "helium-nano", path: nano, prompts: nanoPrompts, drafts: {} }];
}

interface Asked {
  readonly only: string;
  readonly rounds: number;
  readonly tokens: number;
}

async function measure(bench: Bench, asked: Asked): Promise<readonly Result[]> {
  const load = async (path: string): Promise<ModelForCausalLM> =>
    AutoModelForCausalLM.fromPretrained(path, { backend: await createBackend("wasm", { threads: THREADS }) });
  const model = await load(bench.path);
  const tokenizer = await AutoTokenizer.fromPretrained(bench.path);
  const drafts = new Map<string, ModelForCausalLM>();
  for (const [name, path] of Object.entries(bench.drafts)) drafts.set(name, await load(path));
  const results: Result[] = [];
  try {
    if (`${bench.name} pass`.includes(asked.only)) printPassCosts(bench.name, model);
    for (const [kind, text] of Object.entries(bench.prompts))
      for (const rows of ROWS) {
        const test = `${bench.name} ${kind}, ${rows} ${rows === 1 ? "row" : "rows"}`;
        if (!test.includes(asked.only)) continue;
        const inputIds = rowsOf(tokenizer.encode(text), rows, pageSizeOf(model));
        // Sixteen rows fill the batch: that nothing is tried any more shows with lookup alone, whose prompts are read soonest.
        const few = rows > 4 ? new Map<string, ModelForCausalLM>() : drafts;
        results.push(
          ...(await contest(test, model, few, inputIds, { ...asked, tokens: Math.ceil(asked.tokens / rows ** 0.5) })),
        );
      }
  } finally {
    for (const one of [model, ...drafts.values()]) {
      one.dispose();
      one.backend.dispose();
    }
  }
  return results;
}

/**
 * Rows that begin at different places of the prompt, so that they are different texts of one length: one token more than fills
 * pages, which is all of a prompt that is read again when its pages are kept.
 */
function rowsOf(ids: readonly number[], rows: number, pageSize: number): number[][] {
  const filling = Math.floor((ids.length - 1) / pageSize) * pageSize;
  if (filling === 0) throw new Error(`a prompt of ${ids.length} tokens fills no page of ${pageSize}`);
  const kept = ids.slice(-filling);
  return Array.from({ length: rows }, (_, row) => [...ids.slice(0, 1), ...kept.slice(row), ...kept.slice(0, row)]);
}

function pageSizeOf(model: ModelForCausalLM): number {
  using engine = model.engine({ maxTokens: SLOTS });
  return engine.pool({}).pageSize;
}

/** Slots of the engine that keeps the prompts. */
const SLOTS = 8192;

/** Every way of decoding, in turns; a warm-up before, which leaves the prompts behind. */
async function contest(
  test: string,
  model: ModelForCausalLM,
  drafts: ReadonlyMap<string, ModelForCausalLM>,
  inputIds: number[][],
  { rounds, tokens }: Asked,
): Promise<readonly Result[]> {
  const lookup = { promptLookupNumTokens: 10 };
  const ways = new Map<string, GenerateOptions>([
    ["plain", {}],
    ["lookup", lookup],
    ...[...drafts].map(([name, assistantModel]) => [name, { assistantModel }] as const),
    ...[...drafts]
      .slice(0, 1)
      .map(([name, assistantModel]) => [`lookup, ${name}`, { ...lookup, assistantModel }] as const),
  ]);
  const drawn = { doSample: true, temperature: 0.8, seed: 1 };
  const [draft] = drafts.values();
  if (draft) {
    ways.set("plain, drawn", drawn);
    ways.set("draft, drawn", { ...drawn, assistantModel: draft });
  }
  const speeds = new Map<string, number[]>([...ways.keys()].map((way) => [way, []]));
  const texts = new Map<string, string>();
  const tried = new Map<string, string>();
  using engine = model.engine({ maxTokens: SLOTS });
  for (let round = 0; round <= rounds; round++)
    for (const [way, options] of ways) {
      const maxNewTokens = round === 0 ? 8 : tokens;
      const start = performance.now();
      const { sequences, speculation } = await model.generate({
        ...{ generationConfig: {}, inputIds, maxNewTokens, eosTokenId: null, padTokenId: 0, engine },
        ...options,
      });
      const seconds = (performance.now() - start) / 1000;
      if (round === 0) continue;
      speeds.get(way)?.push((inputIds.length * tokens) / seconds);
      texts.set(way, JSON.stringify(sequences));
      if (speculation)
        tried.set(way, `${speculation.acceptedTokens} of ${speculation.draftedTokens} tokens tried stayed`);
    }
  for (const [way, text] of texts)
    if (!way.includes("drawn") && text !== texts.get("plain"))
      throw new Error(`${test}: ${way} wrote another text than plain`);
  for (const [way, text] of tried) console.log(`${test}, ${way}: ${text}`);
  return [...speeds].map(([contender, runs]) => ({ ...{ test, contender, unit: "tok/s" }, ...summary(runs), runs }));
}

/** Prints what ADR 0020's costs stand for: passes over several tokens of one row, in passes over one. */
function printPassCosts(name: string, model: ModelForCausalLM): void {
  using cache = model.createCache();
  const run = (count: number): void =>
    scope(() => {
      const inputIds = [Array.from({ length: count }, (_, i) => 5 + i)];
      model.forward({ inputIds, pastKeyValues: cache, useCache: true });
      cache.crop(count);
    });
  scope(() => model.forward({ inputIds: [Array.from({ length: 64 }, (_, i) => 5 + i)], pastKeyValues: cache }));
  const best = new Map<number, number>();
  for (let round = 0; round < 8; round++)
    for (const count of PASSES) {
      const start = performance.now();
      run(count);
      best.set(count, Math.min(best.get(count) ?? Infinity, performance.now() - start));
    }
  const one = best.get(1) ?? NaN;
  const costs = PASSES.map((count) => `${count}: ${((best.get(count) ?? NaN) / one).toFixed(2)}`);
  console.log(
    `${name} pass, tokens: time in passes over one (ADR 0020 takes 1 + 0.4 a token more)  ${costs.join("  ")}`,
  );
}
