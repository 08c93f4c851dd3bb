import { z } from "@hono/zod-openapi";
import { invalidRequest } from "../errors.ts";
import type { ServedModel } from "../models/served-model.ts";

/** Texts, each as characters or as token ids, one or several. */
export const textInputs = z
  .union([z.string(), z.array(z.string()), z.array(z.int().min(0)), z.array(z.array(z.int().min(0)))])
  .openapi({ description: "A text, several, the token ids of one, or those of several" });

export type TextInputs = z.infer<typeof textInputs>;

/** The texts one by one. */
export const listTexts = (input: TextInputs): readonly (string | readonly number[])[] => {
  if (typeof input === "string") return [input];
  const isOneRow = input.length > 0 && input.every((item) => typeof item === "number");
  return isOneRow ? [input] : (input as (string | number[])[]);
};

/**
 * The token ids of each text, special tokens such as the start of the text included.
 *
 * @param param the field that holds them, for the message
 * @throws ApiError for no texts, for one without tokens, and for ids outside the vocabulary
 */
export async function encodeTexts(
  model: ServedModel,
  input: TextInputs,
  { param, signal }: { readonly param: string; readonly signal: AbortSignal },
): Promise<readonly (readonly number[])[]> {
  const texts = listTexts(input);
  if (texts.length === 0) throw invalidRequest(param, "is an empty list; give at least one text");
  const { vocabSize } = model.config;
  const rows: (readonly number[])[] = [];
  for (const [index, text] of texts.entries()) {
    const place = texts.length === 1 ? param : `${param}.${index}`;
    const ids = typeof text === "string" ? await model.encode(text, { addSpecialTokens: true, signal }) : text;
    if (ids.length === 0) throw invalidRequest(place, "has no tokens; give at least one");
    const unknown = ids.find((id) => id >= vocabSize);
    if (unknown !== undefined)
      throw invalidRequest(place, `holds token ${unknown}, but the vocabulary has the ids from 0 to ${vocabSize - 1}`);
    rows.push(ids);
  }
  return rows;
}

/** Refuses texts that are longer than the context. @throws ApiError with both numbers */
export function checkTextLengths(
  { contextLength }: ServedModel,
  rows: readonly (readonly number[])[],
  param: string,
): void {
  rows.forEach(({ length }, index) => {
    if (length <= contextLength) return;
    throw invalidRequest(
      rows.length === 1 ? param : `${param}.${index}`,
      `has ${length} tokens, more than the model's context of ${contextLength}; shorten it`,
      { code: "context_length_exceeded", details: { given: length, contextLength } },
    );
  });
}
