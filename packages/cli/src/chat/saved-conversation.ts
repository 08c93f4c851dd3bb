import { readFile, stat } from "node:fs/promises";
import type { ChatMessage } from "@helium-lm/helium";
import { writeFileAtomically } from "@helium-lm/nn/io/node";
import { HeliumLmError } from "@helium-lm/tensor";
import type { ChatSettings } from "./chat-settings.ts";

/** A file that holds no conversation, or cannot be read or written. The subject is its path. */
export class SavedConversationError extends HeliumLmError {}

/** What a saved conversation says about how tokens are picked. */
export type SavedSettings = Partial<Pick<ChatSettings, "temperature" | "topK" | "topP" | "seed" | "maxNewTokens">>;

export interface SavedConversation {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly settings: SavedSettings;
}

/** Settings by the names of OpenAI's API; `top_k` is vLLM's. */
const fields = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  seed: "seed",
  max_tokens: "maxNewTokens",
} as const satisfies Readonly<Record<string, keyof SavedSettings>>;

const roles = ["system", "user", "assistant"];

/** Largest file that is read as a conversation, in bytes. */
const LARGEST = 64 * 2 ** 20;

/** A conversation as JSON that `/v1/chat/completions` takes as it is. */
export function conversationJson({ model, messages, settings }: SavedConversation): string {
  const named = Object.entries(fields).flatMap(([name, key]) =>
    settings[key] === undefined ? [] : [[name, settings[key]] as const],
  );
  return `${JSON.stringify({ model, messages, ...Object.fromEntries(named) }, null, 2)}\n`;
}

/**
 * Writes a conversation, in whole or not at all. A file that is there already is replaced only if it is a conversation too.
 *
 * @throws SavedConversationError; ByteSourceError for a place where nothing can be written
 */
export async function saveConversation(path: string, saved: SavedConversation): Promise<void> {
  const present = await stat(path).catch(() => null);
  if (present !== null) {
    if (!present.isFile()) throw new SavedConversationError(path, "is no file; give the name of one");
    await loadConversation(path).catch((error: unknown) => {
      throw new SavedConversationError(
        path,
        "exists and is no saved conversation, so that it is not replaced; give another name, or remove it first",
        {},
        { cause: error },
      );
    });
  }
  const bytes = new TextEncoder().encode(conversationJson(saved));
  await writeFileAtomically(path, (write) => write(bytes), present ? { mode: present.mode & 0o777 } : {});
}

/** Reads a conversation. @throws SavedConversationError for what is none; nothing else is thrown */
export async function loadConversation(path: string): Promise<SavedConversation> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > LARGEST)
      throw new SavedConversationError(path, `has ${size} bytes; a conversation has at most ${LARGEST}`);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof SavedConversationError) throw error;
    throw failed(path, "cannot be read", error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failed(path, "is no JSON", error);
  }
  return readConversation(path, value);
}

const failed = (path: string, what: string, error: unknown): SavedConversationError =>
  new SavedConversationError(
    path,
    `${what}: ${error instanceof Error ? error.message : String(error)}`,
    {},
    { cause: error },
  );

function readConversation(path: string, value: unknown): SavedConversation {
  const refuse = (field: string, what: string, expected: string): never => {
    throw new SavedConversationError(path, `${field} ${what}; expected ${expected}`, { field, expected });
  };
  const isObject = (given: unknown): given is Readonly<Record<string, unknown>> =>
    typeof given === "object" && given !== null && !Array.isArray(given);
  if (!isObject(value))
    return refuse("the file", "holds no object", 'a conversation: {"messages": [{"role", "content"}, …]}');
  const { model = "", messages } = value;
  if (typeof model !== "string") refuse("model", `is ${kindOf(model)}`, "a text");
  if (!Array.isArray(messages) || messages.length === 0)
    return refuse("messages", messages === undefined ? "is missing" : `is ${kindOf(messages)}`, "a list of messages");
  const read = messages.map((message: unknown, index): ChatMessage => {
    const field = `messages[${index}]`;
    if (!isObject(message)) return refuse(field, `is ${kindOf(message)}`, 'an object {"role", "content"}');
    const { role, content, reasoning_content: reasoning } = message;
    const known = role === "developer" ? "system" : role;
    if (typeof known !== "string" || !roles.includes(known))
      return refuse(`${field}.role`, `is ${JSON.stringify(role) ?? "missing"}`, roles.join(", "));
    if (known === "system" && index > 0)
      return refuse(`${field}.role`, 'is "system"', "a system message in the first place only");
    const text = textOf(content);
    if (text === null) return refuse(`${field}.content`, `is ${kindOf(content)}`, "a text");
    if (reasoning !== undefined && typeof reasoning !== "string")
      return refuse(`${field}.reasoning_content`, `is ${kindOf(reasoning)}`, "a text");
    return { role: known, content: text, ...(reasoning !== undefined && { reasoning_content: reasoning }) };
  });
  const settings = Object.entries(fields).flatMap(([name, key]) => {
    const given = value[name];
    if (given === undefined || given === null) return [];
    const isFine =
      typeof given === "number" && given >= 0 && (key === "temperature" || key === "topP" || Number.isInteger(given));
    if (!isFine) refuse(name, `is ${JSON.stringify(given)}`, "a number of at least 0");
    return [[key, given] as const];
  });
  return { model: String(model), messages: read, settings: Object.fromEntries(settings) };
}

/** A content's text: itself, or that of its parts. Null for images and other things. */
function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((part: unknown) => {
    const { type, text } = (part ?? {}) as { readonly type?: unknown; readonly text?: unknown };
    return type === "text" && typeof text === "string" ? text : null;
  });
  return texts.every((text) => text !== null) ? texts.join("") : null;
}

const kindOf = (value: unknown): string =>
  value === undefined ? "missing" : Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
