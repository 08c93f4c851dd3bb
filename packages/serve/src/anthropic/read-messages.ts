import { z } from "@hono/zod-openapi";
import { ConversationBuilder } from "../chat/conversation-builder.ts";
import { invalidRequest } from "../errors.ts";
import { parsePart } from "../http/invalid-body.ts";
import type { PromptBody } from "./message-body.ts";

type Path = readonly (string | number)[];
type Content = PromptBody["messages"][number]["content"];

const text = z.object({ text: z.string() });
const toolUse = z.object({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) });
const toolResult = z.object({
  tool_use_id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
});
const thinking = z.object({ thinking: z.string() });

/** Turns and system prompt as a conversation. @throws ApiError that names the block */
export function readMessages({ system, messages }: Pick<PromptBody, "system" | "messages">): ConversationBuilder {
  const builder = new ConversationBuilder();
  const instructions = textOf(system ?? "", ["system"]);
  if (instructions !== "") builder.system(instructions);
  for (const [at, { role, content }] of messages.entries()) {
    const path = ["messages", at, "content"];
    if (role === "system") builder.system(textOf(content, path));
    else if (role === "user") readUser(builder, content, path);
    else readAssistant(builder, content, path);
  }
  return builder;
}

/** Results of calls first, as they stand; texts between them are messages of their own. */
function readUser(builder: ConversationBuilder, content: Content, path: Path): void {
  if (typeof content === "string") {
    builder.user(content);
    return;
  }
  let texts: string[] = [];
  const say = (): void => {
    if (texts.length > 0) builder.user(texts.join("\n"));
    texts = [];
  };
  for (const [at, block] of content.entries()) {
    const own = [...path, at];
    if (block.type === "text") texts.push(parsePart(text, block, own).text);
    else if (block.type === "tool_result") {
      say();
      const { tool_use_id: id, content: result } = parsePart(toolResult, block, own);
      builder.toolResult(id, textOf(result ?? "", [...own, "content"]), [...own, "tool_use_id"].join("."));
    } else throw unreadable(block.type, own, "text and tool_result");
  }
  say();
}

function readAssistant(builder: ConversationBuilder, content: Content, path: Path): void {
  if (typeof content === "string") {
    builder.assistantText(content);
    return;
  }
  let texts: string[] = [];
  const say = (): void => {
    if (texts.length > 0) builder.assistantText(texts.join("\n"));
    texts = [];
  };
  for (const [at, block] of content.entries()) {
    const own = [...path, at];
    if (block.type === "text") texts.push(parsePart(text, block, own).text);
    else if (block.type === "thinking") builder.reasoning(parsePart(thinking, block, own).thinking);
    else if (block.type === "tool_use") {
      say();
      const { id, name, input } = parsePart(toolUse, block, own);
      builder.toolCall(id, name, input);
    } else throw unreadable(block.type, own, "text, thinking and tool_use");
  }
  say();
}

/** The text of blocks, one below the other. */
function textOf(content: Content, path: Path): string {
  if (typeof content === "string") return content;
  return content
    .map((block, at) => {
      if (block.type !== "text") throw unreadable(block.type, [...path, at], "text");
      return parsePart(text, block, [...path, at]).text;
    })
    .join("\n");
}

const unreadable = (type: string, path: Path, known: string): Error =>
  invalidRequest([...path, "type"].join("."), `"${type}" cannot be read by this model; give blocks of ${known}`, {
    code: "unsupported_value",
  });
