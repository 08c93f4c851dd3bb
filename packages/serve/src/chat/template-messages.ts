import type { ChatMessage } from "@helium-lm/helium";
import { argumentsText, argumentsValue, callsOf, contentText } from "./past-calls.ts";
import { shortId } from "./short-id.ts";

/** Arguments that a template writes as they are, so that it wants them as text: with no filter, and no question what they are. */
const rawArguments = /arguments['"]?\]?\s*(?:-?\}\}|\+|~|,)/;
const argumentValues =
  /arguments['"]?\]?\s*(?:\|\s*(?:tojson|items)|is\s+(?:not\s+)?(?:string|mapping)|\.items)|function\s*\|\s*tojson/;

/** Whether a chat template reads the arguments of past calls as JSON text. */
export const wantsArgumentsText = (template: string): boolean =>
  rawArguments.test(template) && !argumentValues.test(template);

/**
 * Past calls and results as a template reads them: arguments as values, or as text where it writes them as they are; results as
 * text, with the name of their call; ids in the form that the format asks for.
 */
export function templateMessages(
  messages: readonly ChatMessage[],
  { template, idPattern }: { readonly template: string; readonly idPattern: RegExp | null },
): readonly ChatMessage[] {
  const asText = wantsArgumentsText(template);
  const idOf = (id: unknown): unknown =>
    typeof id === "string" && idPattern && !idPattern.test(id) ? shortId(id) : id;
  const names = new Map<string, string>();
  return messages.map((message) => {
    const calls = callsOf(message);
    for (const { id, function: called } of calls) if (id !== undefined) names.set(id, called.name);
    if (calls.length > 0)
      return {
        ...message,
        tool_calls: calls.map(({ id, function: called, ...rest }) => ({
          type: "function",
          ...rest,
          ...(id !== undefined && { id: idOf(id) }),
          function: {
            ...called,
            arguments: asText ? argumentsText(called.arguments) : argumentsValue(called.arguments),
          },
        })),
      };
    if (message.role !== "tool") return message;
    const id = message["tool_call_id"];
    const name = message["name"] ?? (typeof id === "string" ? names.get(id) : undefined);
    return {
      ...message,
      // A value is left to the template.
      content: Array.isArray(message.content) ? contentText(message) : message.content,
      ...(id !== undefined && { tool_call_id: idOf(id) }),
      ...(name !== undefined && { name }),
    };
  });
}
