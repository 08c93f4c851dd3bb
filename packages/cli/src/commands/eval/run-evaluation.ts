import { join } from "node:path";
import {
  evaluate,
  parseShard,
  planPreset,
  planTasks,
  resultsOf,
  type EvaluationPlan,
  type EvaluationProgress,
  type EvaluationRecord,
} from "@helium-lm/eval";
import { FileJournal, textFileRows, writeResults, writeShard } from "@helium-lm/eval/node";
import { version } from "../../command.ts";
import type { CliIo } from "../../terminal/cli-io.ts";
import { hubAccess } from "../../options/model-location.ts";
import { ProgressLine } from "../../terminal/progress-line.ts";
import { formatCount } from "../../terminal/quantities.ts";
import { printable } from "../../terminal/style.ts";
import { bleuOptions } from "./bleu-options.ts";
import type { EvalOptions } from "./eval-options.ts";
import { openScorer } from "./open-scorer.ts";
import { rowSource } from "./row-source.ts";
import { cardModelOf, showResults } from "./show-results.ts";

/** Scores what the options name, and writes results, or what a shard adds to them. */
export async function runEvaluation(names: readonly string[], options: EvalOptions, io: CliIo): Promise<void> {
  const plan = planOf(names, options);
  const shard = options.shard === undefined ? null : parseShard(options.shard);
  const folder = options.out ?? "helium-eval";
  const bleu = await bleuOptions(options);
  const access = hubAccess(io, options);
  using scored = await openScorer(options, io);
  let journal: FileJournal | null = null;
  const progress = new ProgressLine(io, { label: "scoring", format: formatCount, quiet: options.json });
  try {
    const record = await evaluate({
      plan,
      scorer: scored.scorer,
      model: scored.model,
      version: version(io),
      rows: options.text === undefined ? await rowSource(options, access.options) : textFileRows(options.text),
      shard,
      journal: async () => {
        journal = await FileJournal.open(join(folder, "journal.jsonl"));
        if (journal.found > 0 && !options.json)
          io.stderr.write(`${printable(`going on from ${folder}, which has ${journal.found} answers`)}\n`);
        return journal;
      },
      ...(bleu && { bleu }),
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(io.signal && { signal: io.signal }),
      onProgress: ({ done, total, secondsLeft }: EvaluationProgress) => progress.show(done, total, secondsLeft),
    });
    progress.clear();
    await finish(record, folder, options, io);
  } finally {
    await close(journal);
    progress.clear();
    access.clear();
  }
}

async function finish(record: EvaluationRecord, folder: string, options: EvalOptions, io: CliIo): Promise<void> {
  if (record.settings.shard !== null) {
    const file = await writeShard(folder, record);
    io.stderr.write(
      `${printable(`shard ${options.shard ?? ""} is in ${file}; helium eval merge puts all together`)}\n`,
    );
    return;
  }
  const results = resultsOf(record, {
    cardModel: cardModelOf(options.cardModel, record.model.name),
    ...(options.bootstrapIters !== undefined && { bootstrapIterations: options.bootstrapIters }),
  });
  showResults(results, await writeResults(folder, results), options, io);
}

function planOf(names: readonly string[], { text, preset, languages, numFewshot }: EvalOptions): EvaluationPlan {
  if (text !== undefined) return planTasks(["text"]);
  if (names.length > 0) return planTasks(names, numFewshot);
  return planPreset(
    preset ?? "helium-card",
    ({ language, into }) =>
      languages === undefined || [language, into].every((code) => code === undefined || languages.includes(code)),
  );
}

/** Set within a callback, which the compiler does not see. */
const close = async (journal: FileJournal | null): Promise<void> => journal?.close();
