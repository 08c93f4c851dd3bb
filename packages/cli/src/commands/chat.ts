import { defineCommand } from "../command.ts";
import { chatLengths } from "../options/default-lengths.ts";
import { grammarOptions } from "../options/grammar-options.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { flag, integer, text } from "../options/option-table.ts";
import { samplingOptions } from "../options/sampling-options.ts";
import { speculationOptions } from "../options/speculation-options.ts";

export const chat = defineCommand({
  name: "chat",
  operands: "[model]",
  operandKinds: ["model"],
  summary: "chat with a model",
  details: `Chats with a model. The conversation stays in memory, so each turn only computes what is new. On a terminal, answers
are shown as Markdown, messages have several lines with Alt-Enter, Ctrl-J or a paste, earlier ones come back with Up and Ctrl-R, and
Ctrl-C stops an answer. /help lists the commands: /clear, /undo, /regenerate, /system, /set, /show, /stats, /save, /load and /exit.
From a pipe, each line is a message or a command; lines between """ are one message, and a line that ends with a backslash goes on in
the next. Answers go to stdout as they are written, all else to stderr.

The model's own chat template is used; a model without one, such as helium-nano, continues the text instead. With --json-schema,
--regex, --choice or --grammar the answers can be nothing else. With --json, one line is printed per answer: {"content", "reasoning"
if it thought, "finishReason", "promptTokens", "computedTokens", "tokens"}.`,
  examples: [
    ["helium chat", "a small model that goes on with your text"],
    [`helium chat SmolLM2-135M-Instruct.gguf --system "Answer in one sentence."`, "a file, and how it is to answer"],
    ["helium chat org/name --temperature 0.7 < questions.txt", "one turn for each line of a file"],
  ],
  options: {
    system: text("text", "instructions for the model, before the first message"),
    maxNewTokens: integer(
      "n",
      1,
      `maximum tokens per answer; default ${chatLengths.answer}, or ${chatLengths.continuation} without a chat template`,
    ),
    plain: flag("show answers as the model writes them instead of as Markdown"),
    hideThoughts: flag("leave out what the model thinks before it answers"),
    noHistory: flag("neither read nor keep the messages of earlier sessions"),
    ...samplingOptions,
    ...grammarOptions,
    ...speculationOptions,
    ...loadingOptions,
  },
  run: async (given, io) => (await import("../runs/run-chat.ts")).runChat(given, io),
});
