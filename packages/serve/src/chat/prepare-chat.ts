import type { ChatMessage, GrammarSpec } from "@helium-lm/helium";
import { invalidRequest } from "../errors.ts";
import type { CompletionRequest } from "../generation/completion.ts";
import { newId } from "../http/new-id.ts";
import { chatPrompt, templateText } from "./chat-prompt.ts";
import type { ChatRequest, ToolDefinition } from "./chat-request.ts";
import { withDescribedTools } from "./described-tools.ts";
import { answerGrammar, type AnswerShape } from "./formats/answer-grammar.ts";
import { recogniseFormat } from "./formats/recognise-format.ts";
import { piecesOf, type ToolCallFormat } from "./formats/tool-call-format.ts";
import { taggedObjects } from "./formats/tool-call-formats.ts";
import { plainParser, type OutputParser } from "./output-parser.ts";
import { AnswerParser } from "./parsing/answer-parser.ts";
import { callsOf } from "./past-calls.ts";
import { newShortId } from "./short-id.ts";
import { specialPieces } from "./special-pieces.ts";
import { templateMessages } from "./template-messages.ts";
import { thoughtsOf } from "./thoughts.ts";

/** How a conversation is asked of the model, and how its answer is read. */
export interface PreparedChat {
  readonly promptIds: readonly number[];
  readonly grammar: GrammarSpec | null;
  readonly shownSpecialIds: CompletionRequest["shownSpecialIds"];
  /** A parser for one answer. */
  readonly openParser: () => OutputParser;
  /** An id for a call, as the model's template takes it back. */
  readonly newCallId: () => string;
}

/**
 * The prompt of a conversation, what its answer may be, and how it is read: calls by the format that the model's template shows,
 * thoughts by its marks.
 *
 * @throws ChatTemplateError for messages that the template refuses; ApiError for tools that are not there
 */
export async function prepareChat(request: ChatRequest, signal: AbortSignal): Promise<PreparedChat> {
  const { contentGrammar, parallelToolCalls, skipSpecialTokens } = request;
  const choice = chosenTools(request);
  const template = templateText(request);
  const known = recogniseFormat(template);
  const format = known ?? taggedObjects;
  const asked = known ? askedByTemplate(request, template, known) : askedInWords(request, format, template);
  const { prompt, ids } = await chatPrompt({ ...request, ...asked }, signal, asked.tools);
  const thoughts = thoughtsOf(template, prompt);
  const special = specialPieces(request.model.tokenizer, [
    ...piecesOf(format),
    ...(thoughts ? [thoughts.open, thoughts.close] : []),
  ]);
  const shape: AnswerShape = {
    format,
    ...choice,
    isParallel: parallelToolCalls,
    content: contentGrammar,
    thoughts,
    isSpecialToken: (piece) => special.has(piece),
  };
  const hasCalls = choice.tools.length > 0 && choice.calls !== "none";
  const parts = { format: hasCalls ? format : null, names: choice.tools.map(({ name }) => name), thoughts };
  return {
    promptIds: ids,
    grammar: answerGrammar(shape),
    shownSpecialIds: skipSpecialTokens ? new Set(special.values()) : "all",
    openParser: hasCalls || thoughts ? () => new AnswerParser(parts) : plainParser,
    newCallId: format.idPattern ? newShortId : () => newId("call", "_"),
  };
}

/** Which tools may or must be called. @throws ApiError for a choice among tools that are not there */
function chosenTools({ tools, toolChoice }: ChatRequest): Pick<AnswerShape, "tools" | "calls"> {
  if (toolChoice === "none") return { tools, calls: "none" };
  if (toolChoice === "auto") return { tools, calls: "allowed" };
  const names = toolChoice === "required" ? null : toolChoice;
  const missing = names?.find((name) => tools.every((tool) => tool.name !== name));
  if (tools.length === 0 || missing !== undefined)
    throw invalidRequest(
      "tool_choice",
      missing === undefined
        ? "asks for a call, but there are no tools; give tools"
        : `names the tool ${JSON.stringify(missing)}; there are ${tools.map(({ name }) => name).join(", ") || "none"}`,
      { details: { given: toolChoice } },
    );
  // Named tools keep their places in the list: errors tell them.
  const chosen = tools.map((tool, index) => ({ ...tool, field: tool.field ?? schemaField(index) }));
  return { tools: names ? chosen.filter(({ name }) => names.includes(name)) : chosen, calls: "required" };
}

/** Where OpenAI's chat completions have the schema of a tool. */
const schemaField = (index: number): string => `tools.${index}.function.parameters`;

interface Asked {
  readonly messages: readonly ChatMessage[];
  /** As the template gets them; null: none. */
  readonly tools: readonly Readonly<Record<string, unknown>>[] | null;
  readonly templateVariables: ChatRequest["templateVariables"];
}

function askedByTemplate(request: ChatRequest, template: string, { idPattern, toolsIn }: ToolCallFormat): Asked {
  const { tools, templateVariables } = request;
  const messages = templateMessages(request.messages, { template, idPattern });
  if (tools.length === 0) return { messages, tools: null, templateVariables };
  const defined = tools.map(asFunction);
  if (toolsIn === "variable") {
    // A name of its own, of templates that know a second kind of tools.
    const more = /\bxml_tools\b/.test(template) ? { xml_tools: defined } : {};
    return { messages, tools: defined, templateVariables: { ...more, ...templateVariables } };
  }
  const text = JSON.stringify(defined.map((one) => one.function));
  const [first, ...rest] = messages;
  const withTools =
    first?.role === "system"
      ? [{ ...first, tools: text }, ...rest]
      : [{ role: "system", content: "", tools: text }, ...messages];
  return { messages: withTools, tools: defined, templateVariables };
}

/** For templates that know no tools, and for models without one. */
function askedInWords(request: ChatRequest, format: ToolCallFormat, template: string): Asked {
  const { messages, tools, templateVariables } = request;
  const hasPast = messages.some((message) => message.role === "tool" || callsOf(message).length > 0);
  if (tools.length === 0 && !hasPast) return { messages, tools: null, templateVariables };
  const hasSystem = template === "" || /system/.test(template);
  return { messages: withDescribedTools(messages, { tools, format, hasSystem }), tools: null, templateVariables };
}

const asFunction = ({ name, description, parameters }: ToolDefinition) => ({
  type: "function",
  function: { name, ...(description !== null && { description }), parameters },
});
