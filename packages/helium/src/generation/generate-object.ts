import { GenerationError, ObjectGenerationError } from "../errors.ts";
import { describeValue } from "../given-values.ts";
import type { JsonGrammarSpec, JsonSchema } from "../grammar/grammar-spec.ts";
import { isStandardSchema, type StandardIssue, type StandardSchema } from "../grammar/standard-schema.ts";
import { healPrompt } from "../grammar/vocabulary/heal-prompt.ts";
import { TokenVocabulary } from "../grammar/vocabulary/token-vocabulary.ts";
import type { ChatTemplateOptions } from "../tokenizer/chat/chat-template.ts";
import type { ChatMessage } from "../tokenizer/chat/messages.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { generate } from "./generate.ts";
import type { GenerativeModel } from "./generative-model.ts";
import type { GenerateOptions } from "./options/generate-options.ts";
import { objectOf } from "./option-checks.ts";

type NotOfObjects =
  | "inputIds"
  | "attentionMask"
  | "grammar"
  | "tokenizer"
  | "numReturnSequences"
  | "outputScores"
  | "outputLogits"
  | "outputHiddenStates"
  | "outputAttentions";

/** The options of `generate` that are about one text, and what the value has to be. */
export interface GenerateObjectOptions<Schema extends JsonSchema | StandardSchema>
  extends Omit<GenerateOptions, NotOfObjects>, Omit<JsonGrammarSpec, "json"> {
  /** A schema of zod 4, arktype, valibot and others (Standard Schema), or a JSON Schema. */
  readonly schema: Schema;
  /** What the value is generated behind; a model with a chat template is better asked by `messages`. */
  readonly prompt?: string;
  /** A conversation that the value is the answer to. */
  readonly messages?: readonly ChatMessage[];
  /** For `messages`. */
  readonly chatTemplate?: Omit<ChatTemplateOptions, "addGenerationPrompt" | "continueFinalMessage">;
  /** The model's tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Put before the prompt what the tokenizer puts there (Helium: `<s>`). Default true. */
  readonly addSpecialTokens?: boolean;
}

/** New tokens at most where nothing says how many. */
const DEFAULT_NEW_TOKENS = 1024;

/** See `ModelForCausalLM.generateObject`. */
export async function generateObject(
  model: GenerativeModel,
  given: GenerateObjectOptions<JsonSchema | StandardSchema>,
): Promise<unknown> {
  const { schema, prompt, messages, chatTemplate, tokenizer, addSpecialTokens = true, ...rest } = checked(given);
  const { whitespace = "spaced", unknownFormats, strict, schemas, tokenHealing = true, ...options } = rest;
  const all = messages
    ? tokenizer.encodeChat(messages, { ...chatTemplate, addGenerationPrompt: true })
    : tokenizer.encode(prompt ?? "", { addSpecialTokens });
  const output = await generate(model, {
    ...options,
    // Without a token, as of an empty prompt, the model starts from bos.
    ...(all.length > 0 && { inputIds: [all], attentionMask: [all.map(() => 1)] }),
    ...limitOf(model, options, Math.max(1, all.length)),
    tokenizer,
    tokenHealing,
    grammar: {
      json: schema,
      whitespace,
      ...(unknownFormats !== undefined && { unknownFormats }),
      ...(strict !== undefined && { strict }),
      ...(schemas !== undefined && { schemas }),
    },
  });
  const vocabulary = TokenVocabulary.of(tokenizer);
  // The first token is never taken back.
  const others = all.slice(1);
  const healed = tokenHealing ? healPrompt(vocabulary, others) : { ids: others, prefix: new Uint8Array() };
  const tokens = (output.sequences[0] ?? []).slice(healed.ids.length + 1);
  const text = textOf(vocabulary, tokens).slice(healed.prefix.length);
  return valueOf(schema, new TextDecoder().decode(text), output.endedBy[0] ?? null);
}

/** @throws GenerationError without a tokenizer, a schema, and exactly one of prompt and messages */
function checked(
  given: GenerateObjectOptions<JsonSchema | StandardSchema>,
): GenerateObjectOptions<JsonSchema | StandardSchema> {
  const options: Partial<typeof given> = objectOf("options", given);
  const { tokenizer, schema, prompt, messages } = options;
  if (typeof tokenizer?.encode !== "function" || typeof tokenizer.getVocab !== "function")
    throw new GenerationError("tokenizer", "is missing; pass the model's, from AutoTokenizer", {});
  if (schema === undefined || schema === null)
    throw new GenerationError("schema", "is missing; pass a JSON Schema or a schema of zod, arktype or valibot", {});
  const isAsked = messages !== undefined && messages !== null;
  const isPrompted = prompt !== undefined && prompt !== null;
  if (isAsked === isPrompted)
    throw new GenerationError(
      "prompt",
      `${isAsked ? "and messages are both given" : "and messages are both missing"}; give one of them`,
    );
  if (isPrompted && typeof prompt !== "string")
    throw new GenerationError("prompt", `is ${describeValue(prompt)}; expected a string`, { given: prompt });
  for (const name of ["inputIds", "attentionMask", "grammar", "numReturnSequences"])
    if ((options as Readonly<Record<string, unknown>>)[name] !== undefined)
      throw new GenerationError(name, "is not an option of generateObject, which makes one value; use generate()", {});
  return given;
}

/** The call's own limit, or one that leaves room for a large value. */
function limitOf(
  { config }: GenerativeModel,
  { maxNewTokens, maxLength }: Pick<GenerateOptions, "maxNewTokens" | "maxLength">,
  promptLength: number,
): Pick<GenerateOptions, "maxNewTokens"> {
  if ((maxNewTokens ?? maxLength ?? null) !== null) return {};
  return { maxNewTokens: Math.min(DEFAULT_NEW_TOKENS, Math.max(1, config.maxPositionEmbeddings - promptLength)) };
}

/** The bytes of the text tokens, one after another. */
function textOf(vocabulary: TokenVocabulary, tokens: readonly number[]): Uint8Array {
  const parts = tokens.map((token) => vocabulary.bytesOf(token) ?? new Uint8Array());
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** @throws ObjectGenerationError for a text that is not complete, or that the schema's own checks refuse */
async function valueOf(schema: JsonSchema | StandardSchema, text: string, endedBy: string | null): Promise<unknown> {
  const finishReason = endedBy ?? "numBeams";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ObjectGenerationError(
      `the value was cut off by ${finishReason} after ${JSON.stringify(text.slice(-24))}; raise maxNewTokens, or give a schema of shorter values (maxLength, maxItems)`,
      { text, finishReason },
      { cause },
    );
  }
  if (!isStandardSchema(schema)) return value;
  const { issues, ...result } = await schema["~standard"].validate(value);
  if (issues)
    throw new ObjectGenerationError(
      `the value fails the schema's own checks: ${issues.map(issueText).join("; ")}; JSON Schema has no words for these, so that they bind no text: loosen them, or ask again with another seed`,
      { text, finishReason, issues: issues.map(({ message }) => ({ message })) },
    );
  return (result as { readonly value: unknown }).value;
}

/** `a.b: message` */
function issueText({ message, path = [] }: StandardIssue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length > 0 ? `${keys.join(".")}: ${message}` : message;
}
