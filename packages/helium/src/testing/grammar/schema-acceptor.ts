import { GrammarBuilder } from "../../grammar/automaton/grammar-builder.ts";
import type { GrammarState } from "../../grammar/automaton/grammar-state.ts";
import { Grammar, GrammarContext } from "../../grammar/grammar.ts";
import { jsonSchemaExpression } from "../../grammar/json-schema/json-schema.ts";
import type { JsonSchemaOptions } from "../../grammar/json-schema/json-schema-options.ts";
import { WorkBudget } from "../../grammar/regex/work-budget.ts";
import { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";

type Json = Parameters<typeof jsonSchemaExpression>[1];

/** A vocabulary of all bytes, so that a grammar is walked byte by byte. */
const bytes = TokenVocabulary.fromTokens(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));

/** The state before the first byte of the texts that a schema admits. */
export function schemaStart(schema: unknown, options?: JsonSchemaOptions): GrammarState {
  const context = GrammarContext.of(bytes);
  const builder = new GrammarBuilder(context.regexes);
  // The arena is shared: what the grammar before has left of its steps is not this one's.
  context.regexes.budget = new WorkBudget();
  return new Grammar(context, builder, jsonSchemaExpression(builder, schema as Json, options)).start;
}

const encoder = new TextEncoder();

/** The state behind a text; null where the text cannot go on so. */
export function walk(start: GrammarState | null, text: string): GrammarState | null {
  let state = start;
  for (const byte of encoder.encode(text)) {
    if (state === null) return null;
    state = state.stepByte(byte);
  }
  return state;
}

/** The text is admitted as a whole. */
export const admits = (start: GrammarState, text: string): boolean => walk(start, text)?.isAccepting === true;
