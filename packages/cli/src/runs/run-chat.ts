import { AutoModelForCausalLM } from "@helium-lm/helium";
import { Conversation } from "../chat/conversation.ts";
import { pipedChat } from "../chat/piped-chat.ts";
import { TerminalChat } from "../chat/terminal-chat.ts";
import type { CommandLine } from "../options/command-line.ts";
import { chatLengths } from "../options/default-lengths.ts";
import type { grammarOptions } from "../options/grammar-options.ts";
import { grammarOf } from "../options/grammar-options.ts";
import type { LoadingOptions } from "../options/loading-options.ts";
import { openModel } from "../options/open-model.ts";
import { openSpeculation } from "../options/open-speculation.ts";
import { UsageError, type OptionValues } from "../options/option-table.ts";
import type { samplingOptions } from "../options/sampling-options.ts";
import { samplingOf } from "../options/sampling-options.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { speculationOptions } from "../options/speculation-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";

const subject = "helium chat";

type ChatLine = CommandLine<
  SharedOptions &
    OptionValues<typeof samplingOptions & typeof grammarOptions & typeof speculationOptions> &
    LoadingOptions & {
      readonly system: string | undefined;
      readonly maxNewTokens: number | undefined;
      readonly plain: boolean;
      readonly hideThoughts: boolean;
      readonly noHistory: boolean;
    }
>;

export async function runChat({ options, positionals }: ChatLine, io: CliIo): Promise<void> {
  const [given, ...more] = positionals;
  if (more.length > 0) throw new UsageError(subject, `takes one model, but ${positionals.length} were given`);
  if (given !== undefined && options.model !== undefined)
    throw new UsageError(subject, "takes the model as an argument or with --model, not both");
  // What cannot be combined is said before a model is loaded.
  samplingOf(subject, options);
  const constrained = await grammarOf(subject, options);
  using terminal = terminalOf(options, io);
  const named = { ...options, model: given ?? options.model };
  using opened = await openModel(AutoModelForCausalLM, "helium-nano", named, io);
  const { model, tokenizer, location } = opened;
  const hasTemplate = tokenizer.chatTemplates.size > 0;
  if (!hasTemplate && options.system !== undefined)
    throw new UsageError(subject, `--system needs a model with a chat template; ${location} has none`);
  using speculation = await openSpeculation(subject, options, tokenizer, io);
  const { greedy, sample, temperature, topK, topP, seed, maxNewTokens } = options;
  using conversation = new Conversation({
    ...{ model, tokenizer, system: options.system },
    modelName: named.model ?? "helium-nano",
    settings: {
      ...{ greedy, sample, temperature, topK, topP, seed, maxNewTokens },
      ...{ thoughts: options.hideThoughts ? "off" : undefined, think: undefined, stats: undefined },
    },
    defaultLength: chatLengths[hasTemplate ? "answer" : "continuation"],
    generation: { ...constrained?.(tokenizer), ...speculation.options },
  });
  await (terminal === null ? pipedChat(conversation, options.json, io) : terminal.converse(conversation));
}

/** The terminal, where a person is at it. */
function terminalOf({ plain, noHistory, json }: ChatLine["options"], io: CliIo): TerminalChat | null {
  if (io.terminal === undefined || json) return null;
  // In a terminal whose keys are read one by one, Ctrl-C is a key like any other.
  const interrupt = (): void => void process.kill(process.pid, "SIGINT");
  return new TerminalChat(io.terminal, { isPlain: plain, keepsHistory: !noHistory, interrupt }, io);
}
