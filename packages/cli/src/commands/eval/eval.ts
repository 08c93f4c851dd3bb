import { defineCommand } from "../../command.ts";
import { loadingOptions } from "../../options/loading-options.ts";
import {
  choices,
  flag,
  integer,
  text,
  UsageError,
  type OptionTable,
  type OptionValues,
} from "../../options/option-table.ts";
import type { SharedOptions } from "../../options/shared-options.ts";

const subject = "helium eval";

const languages = ["en", "de", "es", "fr", "it", "pt"] as const;

export const evalOptions = {
  preset: text("name", "tasks and protocol: helium-card (the default), helium-card-0shot or lm-eval"),
  languages: choices("codes", languages, "only these rows of the preset"),
  text: text("file", "the perplexity of a text file, in place of tasks"),
  data: text("folder", "where the data is: a cache of the hub, or folders named after its repositories"),
  download: flag("fetch data that is not there from the hub"),
  numFewshot: integer("n", 0, "examples in each prompt of the named tasks; default 0"),
  limit: integer("n", 1, "documents of each task at most, from the first"),
  out: text("folder", "where results go, and the journal to go on from; default helium-eval"),
  shard: text("i/n", "score only the i-th of n parts; helium eval merge puts them together"),
  endpoint: text("url", "score the model of an OpenAI-compatible server, by its /v1/completions"),
  endpointModel: text("name", "its name there"),
  tokenizer: text("folder", "tokenizer of the endpoint's model; default: the server's own /tokenize"),
  addBos: flag("begin every text with the BOS token; default: as the tokenizer does, with --endpoint not"),
  maxLength: integer("n", 2, "tokens that are read of a text at most; default the model's context"),
  cardModel: text("name", "compare with the card's figures of this model; default: found by the model's name"),
  bleuTokenizer: text("name", "tokens of BLEU: 13a (the default), intl, char, none or flores200"),
  spmModel: text("file", "SentencePiece model for --bleu-tokenizer flores200"),
  lowercase: flag("compare translations without regard to upper and lower case"),
  bootstrapIters: integer("n", 0, "resamples for standard errors; default 100000"),
  budget: integer("n", 1, "tokens of one pass over all texts; default 256"),
  list: flag("list tasks, groups and presets"),
  ...loadingOptions,
} as const satisfies OptionTable;

export type EvalOptions = OptionValues<typeof evalOptions> & SharedOptions;

/** `helium eval`; what it needs beyond the options is loaded when it runs. */
export const evaluation = defineCommand({
  name: "eval",
  operands: "[task …] | merge <folder …>",
  summary: "measure a model by the benchmarks of the model card, or any text's perplexity",
  details: `Scores a model by benchmarks, with the prompts, seeds and metrics of EleutherAI's lm-evaluation-harness or of the
model card, and writes results in the harness's own format, a report in HTML and a table. Every figure has its protocol, its
number of documents and its standard error; for Helium and the models that its card compares, the card's value stands beside.

The data is your own: --data names a folder with copies of the repositories on the hub (parquet, JSON lines, CSV, also gzipped), or
--download fetches them. A run that was stopped, even killed, goes on where it was when it is started again with the same --out.

  helium eval --preset helium-card --model ./helium-1-preview-2b --data ./data
  helium eval arc_easy hellaswag --num-fewshot 5 --limit 100 --download
  helium eval --text book.txt
  helium eval arc_easy --endpoint http://localhost:8000/v1 --tokenizer ./model
  helium eval --shard 2/8 --out /results/2 && helium eval merge /results/*`,
  options: evalOptions,
  run: async ({ options, positionals }, io) => {
    const [first, ...folders] = positionals;
    if (options.list) return (await import("./list-tasks.ts")).listTasks(options, io);
    if (first === "merge") return (await import("./merge-shards.ts")).mergeFolders(folders, options, io);
    checkTogether(options, positionals);
    await (await import("./run-evaluation.ts")).runEvaluation(positionals, options, io);
  },
});

/** @throws UsageError for options that contradict each other */
function checkTogether(options: EvalOptions, tasks: readonly string[]): void {
  const { preset, text: file, endpoint, endpointModel, tokenizer, model, spmModel, bleuTokenizer } = options;
  const chosen = [preset !== undefined && "--preset", file !== undefined && "--text", tasks.length > 0 && "tasks"];
  const several = chosen.filter((name) => name !== false);
  if (several.length > 1)
    throw new UsageError(subject, `takes one of --preset, --text and tasks, given ${several.join(" and ")}`);
  if (endpoint !== undefined && model !== undefined)
    throw new UsageError(
      subject,
      "takes --model or --endpoint, not both; --endpoint-model names the model of a server",
    );
  const needy = Object.entries({ endpointModel, tokenizer }).find(([, value]) => value !== undefined);
  if (endpoint === undefined && needy)
    throw new UsageError(
      subject,
      `--${needy[0] === "tokenizer" ? "tokenizer" : "endpoint-model"} goes with --endpoint; name the server`,
    );
  if ((bleuTokenizer === "flores200") !== (spmModel !== undefined))
    throw new UsageError(subject, "--bleu-tokenizer flores200 and --spm-model go together; give both");
  if (options.numFewshot !== undefined && tasks.length === 0)
    throw new UsageError(subject, "--num-fewshot is for named tasks; a preset has its own numbers of examples");
}
