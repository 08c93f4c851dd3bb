import { HeliumLmError } from "@helium-lm/tensor";
import { AutoModelForCausalLM } from "@helium-lm/helium";
import { ChatSession } from "@helium-lm/helium/pipelines";
import type { CliIo } from "../terminal/cli-io.ts";
import { defineCommand } from "../command.ts";
import { grammarOf, grammarOptions } from "../options/grammar-options.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { integer, text, UsageError } from "../options/option-table.ts";
import { samplingOf, samplingOptions } from "../options/sampling-options.ts";
import { openSpeculation } from "../options/open-speculation.ts";
import { speculationOptions } from "../options/speculation-options.ts";
import { printable, styleFor } from "../terminal/style.ts";
import { inputLines } from "../options/text-input.ts";

const subject = "helium chat";

/** New tokens of an answer; of a model that only continues texts. */
const defaultLengths = { answer: 512, continuation: 64 };

export const chat = defineCommand({
  name: "chat",
  operands: "[model]",
  operandKinds: ["model"],
  summary: "chat with a model",
  details: `Chats with a model. Each line is a message, typed or piped in; the answer is written to stdout as it is generated. The
conversation stays in memory, so each turn only computes what is new. Type /reset to start over, /exit (or end the input)
to quit, Ctrl-C to stop an answer. The model's own chat template is used; a model without one, such as helium-nano,
continues the text instead. With --json-schema, --regex, --choice or --grammar the answers can be nothing else. With --json, one line is printed per answer: {"content", "finishReason", "promptTokens",
"computedTokens", "tokens"}.`,
  examples: [
    ["helium chat", "a small model that goes on with your text"],
    [`helium chat SmolLM2-135M-Instruct.gguf --system "Answer in one sentence."`, "a file, and how it is to answer"],
  ],
  options: {
    system: text("text", "instructions for the model, before the first message"),
    maxNewTokens: integer(
      "n",
      1,
      `maximum tokens per answer; default ${defaultLengths.answer}, or ${defaultLengths.continuation} without a chat template`,
    ),
    ...samplingOptions,
    ...grammarOptions,
    ...speculationOptions,
    ...loadingOptions,
  },
  run: async ({ options, positionals }, io) => {
    const [given, ...more] = positionals;
    if (more.length > 0) throw new UsageError(subject, `takes one model, but ${positionals.length} were given`);
    if (given !== undefined && options.model !== undefined)
      throw new UsageError(subject, "takes the model as an argument or with --model, not both");
    const sampling = samplingOf(subject, options);
    const constrained = await grammarOf(subject, options);
    const named = { ...options, model: given ?? options.model };
    using opened = await openModel(AutoModelForCausalLM, "helium-nano", named, io);
    const { model, tokenizer, location } = opened;
    const hasTemplate = tokenizer.chatTemplates.size > 0;
    if (!hasTemplate) {
      if (options.system !== undefined)
        throw new UsageError(subject, `--system needs a model with a chat template; ${location} has none`);
      io.stderr.write(`${printable(location)} has no chat template: it continues your text instead of answering\n`);
    }
    const { answer, continuation } = defaultLengths;
    const maxNewTokens = options.maxNewTokens ?? (hasTemplate ? answer : continuation);
    using speculation = await openSpeculation(subject, options, tokenizer, io);
    const generation = { ...sampling, ...constrained?.(tokenizer), ...speculation.options };
    using session = new ChatSession(model, tokenizer, { generation, maxNewTokens, system: options.system });
    await converse(session, options.json, io);
  },
});

/** Answers line by line. A message that cannot be answered is named, and the next one read. */
async function converse(session: ChatSession, isJson: boolean, io: CliIo): Promise<void> {
  const { bold } = styleFor(io.stdout, io);
  const ask = (): void => {
    if (io.stdin.isTTY && !isJson) io.stdout.write(bold("> "));
  };
  ask();
  for await (const line of inputLines(io)) {
    const message = line.trim();
    if (message === "/exit") return;
    if (message === "/reset") session.reset();
    else if (message.startsWith("/")) io.stderr.write(`${subject}: unknown command; use /reset or /exit\n`);
    else if (message !== "") await answerOne(session, message, isJson, io);
    ask();
  }
}

async function answerOne(session: ChatSession, message: string, isJson: boolean, io: CliIo): Promise<void> {
  const stop = new AbortController();
  const release = io.onInterrupt?.(() => stop.abort());
  const signal = io.signal === undefined ? stop.signal : AbortSignal.any([io.signal, stop.signal]);
  try {
    const answer = await session.answer(message, (part) => void (isJson || io.stdout.write(printable(part))), signal);
    io.stdout.write(isJson ? `${JSON.stringify(answer)}\n` : "\n");
  } catch (error) {
    if (!(error instanceof HeliumLmError)) throw error;
    io.stderr.write(`${printable(error.message)}\n`);
  } finally {
    release?.();
  }
  io.signal?.throwIfAborted();
}
