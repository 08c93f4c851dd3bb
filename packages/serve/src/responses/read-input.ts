import { z } from "@hono/zod-openapi";
import { ConversationBuilder } from "../chat/conversation-builder.ts";
import { readArguments } from "../chat/read-arguments.ts";
import { invalidRequest } from "../errors.ts";
import { parsePart } from "../http/invalid-body.ts";
import type { InputBody } from "./response-body.ts";

type Path = readonly (string | number)[];

const part = z.looseObject({ type: z.string() });
const parts = z.array(part);
const texts = z.union([z.string(), parts], { error: "is to be a text or a list of parts" });

const message = z.object({ role: z.enum(["user", "assistant", "system", "developer"]), content: texts });
const call = z.object({ call_id: z.string(), name: z.string(), arguments: z.string() });
const output = z.object({ call_id: z.string(), output: texts });
const reasoning = z.object({ summary: parts.nullish(), content: parts.nullish() });

/** Kinds of parts that are text, and the key that holds it. */
const textKeys: Readonly<Record<string, string>> = {
  input_text: "text",
  output_text: "text",
  text: "text",
  refusal: "refusal",
  reasoning_text: "text",
  summary_text: "text",
};

/** How each kind of item becomes a part of the conversation. */
const readers: Readonly<Record<string, (builder: ConversationBuilder, item: unknown, path: Path) => void>> = {
  message: (builder, item, path) => {
    const { role, content } = parsePart(message, item, path);
    const text = readText(content, [...path, "content"]);
    if (role === "user") builder.user(text);
    else if (role === "assistant") builder.assistantText(text);
    else builder.system(text);
  },
  function_call: (builder, item, path) => {
    const { call_id: id, name, arguments: text } = parsePart(call, item, path);
    builder.toolCall(id, name, readArguments(text, [...path, "arguments"].join(".")));
  },
  function_call_output: (builder, item, path) => {
    const { call_id: id, output: given } = parsePart(output, item, path);
    builder.toolResult(id, readText(given, [...path, "output"]), [...path, "call_id"].join("."));
  },
  reasoning: (builder, item, path) => {
    const { summary, content } = parsePart(reasoning, item, path);
    const text =
      content && content.length > 0
        ? readText(content, [...path, "content"])
        : readText(summary ?? [], [...path, "summary"]);
    if (text !== "") builder.reasoning(text);
  },
};

/** Instructions and items as a conversation. @throws ApiError that names the item */
export function readInput({ instructions, input }: Pick<InputBody, "instructions" | "input">): ConversationBuilder {
  const builder = new ConversationBuilder();
  if (typeof instructions === "string" && instructions !== "") builder.system(instructions);
  if (typeof input === "string") builder.user(input);
  else
    for (const [at, item] of (input ?? []).entries()) {
      const type = item.type ?? "message";
      const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
      if (!read)
        throw invalidRequest(
          `input.${at}.type`,
          `"${type}" is not known here; give items of ${Object.keys(readers).join(", ")}`,
          { code: "unsupported_value" },
        );
      read(builder, item, ["input", at]);
    }
  if (builder.messages.length === 0) throw invalidRequest("input", "is missing; give a text or a list of items");
  return builder;
}

/** The text of parts, one below the other. */
function readText(given: z.infer<typeof texts>, path: Path): string {
  if (typeof given === "string") return given;
  return given
    .map((each, at) => {
      const key = Object.hasOwn(textKeys, each.type) ? textKeys[each.type] : undefined;
      const text = key === undefined ? undefined : each[key];
      if (typeof text === "string") return text;
      const field = [...path, at].join(".");
      if (key !== undefined) throw invalidRequest(`${field}.${key}`, "is not a text");
      throw invalidRequest(`${field}.type`, `"${each.type}" cannot be read by this model; give text`, {
        code: "unsupported_value",
      });
    })
    .join("\n");
}
