import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { AutoModelForCausalLM, AutoTokenizer, type EngineRequest, type ModelForCausalLM } from "@helium-lm/helium";
import { createBackend } from "@helium-lm/tensor";
import { formatFile, formatModels } from "../model-files/format-files.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";

const THREADS = 2;
const TOKENS = 128;

/** A list that is not complete within the tokens, so that both ways write as many. */
const texts = (name: string): Record<string, unknown> => ({
  type: "object",
  properties: { [name]: { type: "array", items: { type: "string", minLength: 3 }, minItems: 500 } },
  required: [name],
});

/** Records of short values between keys that leave no choice. */
const records = (name: string): Record<string, unknown> => ({
  type: "array",
  minItems: 500,
  items: {
    type: "object",
    properties: {
      [name]: { type: "integer", minimum: 0, maximum: 99 },
      customer_reference: { type: "string", maxLength: 6 },
      delivery_confirmed: { type: "boolean" },
    },
    required: [name, "customer_reference", "delivery_confirmed"],
    additionalProperties: false,
  },
});

interface Way {
  readonly contender: string;
  /** Beside the prompt; `round` makes a schema new. */
  readonly options: (round: number) => Omit<EngineRequest, "inputIds">;
}

/**
 * Tokens per second with and without a JSON schema: of long strings, where every token is a choice, by a schema that was
 * compiled before and by one that is new in every round, greedy and drawn; and of records, whose keys are added without a pass.
 *
 * @param args `--rounds N`: what is measured so is not saved
 */
export async function constrainedBenchmark(name: string, args: readonly string[]): Promise<void> {
  const { rounds } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "5" } } }).values;
  const before = await conditions();
  const [smollm2] = formatModels;
  const files = [
    ...(smollm2 ? [{ model: `${smollm2.name} Q8_0`, path: await formatFile(smollm2, "Q8_0") }] : []),
    { model: "helium-nano", path: fileURLToPath(new URL("../../models/helium-nano", import.meta.url)) },
  ];
  const results: Result[] = [];
  for (const { model, path } of files) results.push(...(await measure(model, path, Number(rounds))));
  printResults(results, "free");
  if (args.length === 0) saveReport(name, before, { results, missing: [], versions: {} });
}

async function measure(name: string, path: string, rounds: number): Promise<readonly Result[]> {
  const backend = await createBackend("wasm", { threads: THREADS });
  const model = await AutoModelForCausalLM.fromPretrained(path, { backend });
  const tokenizer = await AutoTokenizer.fromPretrained(path);
  const json = (schema: Record<string, unknown>): Pick<EngineRequest, "grammar"> => ({
    grammar: { json: schema, whitespace: "compact" },
  });
  const drawn = { doSample: true, temperature: 0.8, topK: 50, seed: 1 };
  const ways = (schema: (name: string) => Record<string, unknown>): readonly Way[] => [
    { contender: "free", options: () => ({}) },
    { contender: "schema", options: () => json(schema("entries")) },
    { contender: "schema, new", options: (round) => json(schema(`entries_${round}`)) },
    { contender: "free, drawn", options: () => drawn },
    { contender: "schema, drawn", options: () => ({ ...drawn, ...json(schema("entries")) }) },
  ];
  try {
    const inputIds = tokenizer.encode("Some names of trees, with what is known of each, as JSON:\n");
    const base = { inputIds, tokenizer, generationConfig: {}, maxNewTokens: TOKENS, eosTokenId: null };
    const run = async (way: Way, round: number): Promise<number> => one(model, { ...base, ...way.options(round) });
    const results: Result[] = [];
    for (const [kind, schema] of [
      ["strings", texts],
      ["records", records],
    ] as const) {
      const speeds = new Map<Way, number[]>(ways(schema).map((way) => [way, []]));
      for (let round = 0; round <= rounds; round++)
        for (const [way, own] of speeds) {
          const speed = await run(way, round);
          if (round > 0) own.push(speed);
        }
      const test = `${name}, ${kind}, ${TOKENS} tokens, ${THREADS}T`;
      results.push(
        ...[...speeds].map(([{ contender }, runs]) => ({ test, contender, unit: "tok/s", ...summary(runs), runs })),
      );
    }
    return results;
  } finally {
    model.dispose();
    backend.dispose();
  }
}

/** Tokens per second from the first one on: reading the prompt is the same for all. */
async function one(model: ModelForCausalLM, request: EngineRequest): Promise<number> {
  using own = model.engine();
  const { stats } = await own.submit(request).result;
  const { newTokens, totalMs, firstTokenMs } = stats;
  if (newTokens !== TOKENS) throw new Error(`${newTokens} tokens came in place of ${TOKENS}`);
  return ((newTokens - 1) * 1000) / (totalMs - (firstTokenMs ?? 0));
}
