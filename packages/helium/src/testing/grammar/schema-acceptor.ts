import type { GrammarState } from "../../grammar/automaton/grammar-state.ts";
import { compileAnew } from "../../grammar/compile-grammar.ts";
import { GrammarContext } from "../../grammar/grammar.ts";
import type { GrammarSpec } from "../../grammar/grammar-spec.ts";
import type { JsonSchemaOptions } from "../../grammar/json-schema/json-schema-options.ts";
import { TokenVocabulary } from "../../grammar/vocabulary/token-vocabulary.ts";

/** A vocabulary of all bytes, so that a grammar is walked byte by byte. */
const bytes = TokenVocabulary.fromTokens(Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)));

/** The state before the first byte of the texts that a schema admits. */
export function schemaStart(schema: unknown, options?: JsonSchemaOptions): GrammarState {
  return byteGrammar({ json: schema, ...options } as GrammarSpec);
}

/** The state before the first byte of the texts of a grammar. */
export const byteGrammar = (spec: GrammarSpec): GrammarState => compileAnew(spec, GrammarContext.of(bytes)).start;

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
