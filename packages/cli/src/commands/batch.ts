import { defineCommand } from "../command.ts";
import { batchOptions } from "../options/batch-options.ts";

export const batch = defineCommand({
  name: "batch",
  operands: "<in.jsonl> <out.jsonl>",
  operandKinds: ["file"],
  summary: "answer a file of requests, by the lines of OpenAI's batches",
  details: `Answers each line {"custom_id", "method", "url", "body"} of a file by the routes of helium serve, as many at a time as the
engine takes, and writes lines {"id", "custom_id", "response", "error"} in the order of the input. The urls are
/v1/chat/completions, /v1/completions, /v1/responses, /v1/embeddings, /v1/classify and /v1/tag. A file with a line that is no
request is refused before anything is run; what a route refuses is the answer of its line. Answers go to <out.jsonl>.journal as
they come, and the output appears when all are there: start the same command again after Ctrl-C, kill -9 or on a full disk, and it
goes on. With --redis, helium worker answers the lines, on as many machines as there are; lines that name no model are for that of
--model. With --json, one line is printed at the end: {"output", "requests", "succeeded", "failed", "found"}.`,
  examples: [
    ["helium batch questions.jsonl answers.jsonl", "by a small model"],
    [
      "helium batch in.jsonl out.jsonl --model ./model.gguf --alias gpt-4o-mini",
      "by a file, for lines that name another model",
    ],
    ["helium batch in.jsonl out.jsonl --models org/name,helium-nano-langid", "chats and decisions in one file"],
    ["helium batch in.jsonl out.jsonl --redis redis://queue --model helium-nano", "by workers on other machines"],
  ],
  options: batchOptions,
  without: ["gpujsMode"],
  run: async (given, io) => (await import("../runs/run-batch.ts")).runBatchCommand(given, io),
});
