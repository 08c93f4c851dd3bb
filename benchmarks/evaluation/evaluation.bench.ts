import { fileURLToPath } from "node:url";
import { createBackend } from "@helium-lm/tensor";
import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM, type Tokenizer } from "@helium-lm/helium";
import { buildItems, EngineScorer, Reading, task, type LogLikelihoodRequest } from "@helium-lm/eval";
import { PeerMissing } from "../peers/player.ts";
import { runLmEval } from "../peers/python/lm-eval.ts";
import { conditions, printResults, saveReport, type Result } from "../report.ts";
import { summary } from "../rounds.ts";
import { mmluShaped, writeHarnessTasks, type Subject } from "./mmlu-shaped.ts";

const THREADS = 2;
const ROUNDS = 1;
/** Questions of each subject that are scored where nothing is shared: each costs the same. */
const FEW = 1;
const TEST = "MMLU-shaped, 57 × 20 questions, 5-shot, 1,000 tokens";
const folder = fileURLToPath(new URL("../../models/helium-nano", import.meta.url));

/**
 * Questions per second on a set in the shape of MMLU, with helium-nano in f32: our scorer over all questions; each choice
 * alone, on the same engine with nothing kept; and lm-evaluation-harness on transformers, which scores the four letters of a
 * question at once and shares no examples.
 */
export async function evaluationBenchmark(name: string): Promise<void> {
  const before = await conditions();
  const subjects = mmluShaped();
  const backend = await createBackend("wasm", { threads: THREADS, codegen: "wide" });
  const model = await AutoModelForCausalLM.fromPretrained(folder, { backend, dtype: "f32" });
  const tokenizer = await AutoTokenizer.fromPretrained(folder);
  const results: Result[] = [];
  const missing: { contender: string; reason: string }[] = [];
  let versions: Readonly<Record<string, string>> = {};
  const add = (contender: string, runs: readonly number[]): void =>
    void results.push({ test: TEST, contender, unit: "items/s", ...summary(runs), runs });
  try {
    console.log(`prompts of ${meanTokens(subjects, tokenizer).toFixed(0)} tokens`);
    add("helium-lm", await rounds(() => ourSpeed(model, tokenizer, subjects)));
    add("each choice alone", await rounds(() => aloneSpeed(model, tokenizer, subjects)));
    const taskFolder = writeHarnessTasks(subjects);
    for (const batchSize of [1, 8]) {
      const contender = `lm_eval, transformers, batches of ${batchSize}`;
      try {
        const run = runLmEval({ modelFolder: folder, taskFolder, limit: FEW, batchSize, threads: THREADS });
        versions = run.versions;
        add(contender, [run.items / run.seconds]);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        missing.push({ contender, reason: error.message });
      }
    }
  } finally {
    model.dispose();
    backend.dispose();
  }
  printResults(results, "helium-lm");
  saveReport(name, before, { results, missing, versions });
}

async function rounds(measure: () => Promise<number>): Promise<readonly number[]> {
  const runs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) runs.push(await measure());
  return runs;
}

/** Requests of the first questions of each subject. */
function requestsOf(subjects: readonly Subject[], limit: number): readonly LogLikelihoodRequest[] {
  const readings = (rows: Subject["dev"], place: string): Reading[] =>
    rows.map((row, i) => new Reading({ ...row }, `${place}, row ${i + 1}`));
  return subjects.flatMap(({ name, dev, test }) =>
    buildItems({
      task: task(`mmlu_${name}`),
      documents: readings(test, "test"),
      pool: readings(dev, "dev"),
      numFewShot: 5,
      limit,
    }).flatMap((item) => (item.kind === "multiple_choice" ? item.requests : [])),
  );
}

function meanTokens(subjects: readonly Subject[], tokenizer: Tokenizer): number {
  const contexts = requestsOf(subjects, 1).map(({ context }) => tokenizer.encode(context).length);
  return contexts.reduce((sum, length) => sum + length, 0) / contexts.length;
}

async function ourSpeed(model: ModelForCausalLM, tokenizer: Tokenizer, subjects: readonly Subject[]): Promise<number> {
  const requests = requestsOf(subjects, 20);
  using scorer = new EngineScorer({ model, tokenizer });
  const start = performance.now();
  await scorer.loglikelihood(requests);
  return requests.length / 4 / ((performance.now() - start) / 1000);
}

/** Every request is a text of its own, and the engine keeps none. */
async function aloneSpeed(
  model: ModelForCausalLM,
  tokenizer: Tokenizer,
  subjects: readonly Subject[],
): Promise<number> {
  const requests = requestsOf(subjects, FEW);
  using engine = model.engine({ keepPrefixes: false, budget: 512 });
  const start = performance.now();
  for (const { context, continuation } of requests) {
    const inputIds = tokenizer.encode(context);
    const continuations = [tokenizer.encode(context + continuation).slice(inputIds.length)];
    await model.scoreContinuations({ inputIds, continuations, engine });
  }
  return requests.length / 4 / ((performance.now() - start) / 1000);
}
