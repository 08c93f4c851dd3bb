import type { ChatMessage } from "@helium-lm/helium";
import type { ToolDefinition } from "./chat-request.ts";
import { renderCalls } from "./formats/render-calls.ts";
import type { ToolCallFormat } from "./formats/tool-call-format.ts";
import { argumentsText, callsOf, contentText } from "./past-calls.ts";

/** What of a conversation a template has no words for. */
interface DescribedTools {
  readonly tools: readonly ToolDefinition[];
  readonly format: ToolCallFormat;
  /** Whether messages of the system may come first. */
  readonly hasSystem: boolean;
}

/**
 * A conversation with tools for a model whose template knows none: the tools are described in the system's message, past calls are
 * written into the answers as the format has them, and results are what the user says.
 */
export function withDescribedTools(
  messages: readonly ChatMessage[],
  described: DescribedTools,
): readonly ChatMessage[] {
  const { tools, format, hasSystem } = described;
  const written = mergedResults(messages.map((message) => withWrittenCalls(message, format)));
  if (tools.length === 0) return written;
  const text = description(tools, format);
  const [first, ...rest] = written;
  if (hasSystem && (first?.role === "system" || first?.role === "developer"))
    return [{ ...first, content: `${contentText(first)}\n\n${text}` }, ...rest];
  if (hasSystem) return [{ role: "system", content: text }, ...written];
  if (first?.role === "user") return [{ ...first, content: `${text}\n\n${contentText(first)}` }, ...rest];
  return [{ role: "user", content: text }, ...written];
}

function description(tools: readonly ToolDefinition[], format: ToolCallFormat): string {
  const lines = tools.map(({ name, description: about, parameters }) =>
    JSON.stringify({ name, ...(about !== null && { description: about }), parameters }),
  );
  const example = renderCalls(format, [{ name: "NAME", arguments: '{"ARGUMENT": "VALUE"}' }]);
  return [
    "You can call these functions. Each line has one, with a JSON Schema of its arguments:",
    "",
    ...lines,
    "",
    "To call one, answer with nothing but:",
    "",
    example,
    "",
    "The result is then told to you. When no function is needed, answer in words.",
  ].join("\n");
}

function withWrittenCalls(message: ChatMessage, format: ToolCallFormat): ChatMessage {
  const calls = callsOf(message);
  if (calls.length > 0) {
    const { tool_calls: _, ...rest } = message;
    const written = renderCalls(
      format,
      calls.map(({ function: { name, arguments: given } }) => ({ name, arguments: argumentsText(given) })),
    );
    const content = contentText(message);
    return { ...rest, content: content === "" ? written : `${content}\n${written}` };
  }
  if (message.role !== "tool") return message;
  return { role: "tool", content: `The result of the call:\n${contentText(message)}` };
}

/** Results as one message of the user, with what the user says behind them: some templates want turns to alternate. */
function mergedResults(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const merged: ChatMessage[] = [];
  let isAfterResult = false;
  for (const message of messages) {
    const isResult = message.role === "tool";
    const last = merged.at(-1);
    if (last && isAfterResult && (isResult || message.role === "user"))
      merged[merged.length - 1] = { ...last, content: `${contentText(last)}\n\n${contentText(message)}` };
    else merged.push(isResult ? { ...message, role: "user" } : message);
    isAfterResult = isResult;
  }
  return merged;
}
