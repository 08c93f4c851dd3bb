import { defineCommand } from "../../command.ts";
import { UsageError } from "../../options/option-table.ts";
import { evalOptions, type EvalOptions } from "./eval-options.ts";

const subject = "helium eval";

/** `helium eval`; what it needs beyond the options is loaded when it runs. */
export const evaluation = defineCommand({
  name: "eval",
  operands: "[task …] | merge <folder …>",
  operandKinds: [["merge"], "folder"],
  summary: "measure a model by the benchmarks of the model card, or any text's perplexity",
  details: `Scores a model by benchmarks, with the prompts, seeds and metrics of EleutherAI's lm-evaluation-harness or of the
model card, and writes results in the harness's own format, a report in HTML and a table. Every figure has its protocol, its
number of documents and its standard error; for Helium and the models that its card compares, the card's value stands beside.

The data is your own: --data names a folder with copies of the repositories on the hub (parquet, JSON lines, CSV, also gzipped), or
--download fetches them. A run that was stopped, even killed, goes on where it was when it is started again with the same --out.`,
  examples: [
    ["helium eval --preset helium-card --model ./helium-1-preview-2b --data ./data", "the rows of the model card"],
    ["helium eval arc_easy hellaswag --num-fewshot 5 --limit 100 --download", "a hundred questions of two tasks"],
    ["helium eval --text book.txt", "the perplexity of a text"],
    ["helium eval arc_easy --endpoint http://localhost:8000/v1 --endpoint-model name", "the model of a server"],
    ["helium eval --shard 2/8 --out results/2 && helium eval merge results/*", "one part of eight, then all together"],
  ],
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
