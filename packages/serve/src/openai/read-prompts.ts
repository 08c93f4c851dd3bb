import { invalidRequest } from "../errors.ts";
import { fillInMiddlePrompt } from "../generation/fill-in-middle.ts";
import { checkTokens } from "../generation/sampling-fields.ts";
import type { ServedModel } from "../models/served-model.ts";

/** A prompt as it was given and as the model reads it. */
export interface Prompt {
  readonly ids: readonly number[];
  /** Null: it was given as tokens. */
  readonly text: string | null;
}

export interface PromptReading {
  readonly addSpecialTokens: boolean;
  /** The text behind the gap that is to be filled; null: there is no gap. */
  readonly suffix: string | null;
  readonly signal: AbortSignal;
}

/**
 * The prompts of a request: a text, a list of texts, the ids of a text, or a list of these.
 *
 * @throws ApiError for anything else, and for tokens that the model does not have
 */
export async function readPrompts(
  model: ServedModel,
  given: unknown,
  reading: PromptReading,
): Promise<readonly Prompt[]> {
  const listed = Array.isArray(given) && typeof given[0] !== "number" ? (given as readonly unknown[]) : [given];
  if (listed.length === 0) throw invalidRequest("prompt", "is an empty list; give at least one prompt");
  const isList = listed.length > 1 || listed[0] !== given;
  const field = (index: number): string => (isList ? `prompt.${index}` : "prompt");
  const prompts: Prompt[] = [];
  for (const [index, prompt] of listed.entries())
    prompts.push(
      typeof prompt === "string"
        ? { text: prompt, ids: await encode(model, prompt, reading) }
        : { text: null, ids: tokensOf(model, prompt, field(index), reading) },
    );
  const empty = prompts.findIndex(({ ids }) => ids.length === 0);
  if (empty >= 0) throw invalidRequest(field(empty), "has no tokens; give at least one");
  return prompts;
}

async function encode(
  model: ServedModel,
  text: string,
  { addSpecialTokens, suffix, signal }: PromptReading,
): Promise<readonly number[]> {
  if (suffix !== null) return fillInMiddlePrompt(model, { prefix: text, suffix }, { param: "suffix", signal });
  return model.encode(text, { addSpecialTokens, signal });
}

/** @throws ApiError */
function tokensOf(
  { config }: ServedModel,
  prompt: unknown,
  field: string,
  { suffix }: PromptReading,
): readonly number[] {
  if (!Array.isArray(prompt) || !prompt.every((id) => Number.isInteger(id)))
    throw invalidRequest(field, `is ${shown(prompt)}; expected a text, or a list of token ids`);
  if (suffix !== null) throw invalidRequest("suffix", "needs a prompt that is a text; give one, or leave suffix out");
  checkTokens(field, prompt as number[], config.vocabSize);
  return prompt as number[];
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  if (!Array.isArray(value)) return typeof value === "object" && value !== null ? "an object" : JSON.stringify(value);
  const odd = (value as readonly unknown[]).find((id) => !Number.isInteger(id));
  return `a list with ${Array.isArray(odd) ? "a list" : typeof odd === "object" && odd !== null ? "an object" : JSON.stringify(odd)} in it`;
}
