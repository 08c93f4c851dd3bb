import type { StandardSchema } from "./standard-schema.ts";

/** A JSON Schema of draft 2020-12, as a plain value. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** JSON that a schema describes. */
export interface JsonGrammarSpec {
  /** A JSON Schema, or a schema of zod 4, arktype, valibot and others that can give theirs (Standard JSON Schema). */
  readonly json: JsonSchema | StandardSchema;
  /**
   * What may stand between the parts of the JSON: "any" (default) a few blanks and line breaks, "compact" nothing, "spaced"
   * `, ` and `: ` as Python's json writes them.
   */
  readonly whitespace?: "any" | "compact" | "spaced";
  /** What becomes of a `format` that is not known: an error that names it (default), or nothing is asked of the string. */
  readonly unknownFormats?: "refuse" | "ignore";
  /** Checks the schema against the rules of OpenAI's strict mode. */
  readonly strict?: boolean;
  /** Other schemas, by the URI that `$ref` names them with. */
  readonly schemas?: Readonly<Record<string, JsonSchema>>;
}

/** A text that a regular expression of JavaScript matches from its first character to its last. */
export interface RegexGrammarSpec {
  readonly regex: string | RegExp;
}

/** One of some texts. */
export interface ChoiceGrammarSpec {
  readonly choice: readonly string[];
}

/** A grammar as llama.cpp writes it. */
export interface GbnfGrammarSpec {
  readonly gbnf: string;
}

/** A grammar as Lark and llguidance write it. */
export interface LarkGrammarSpec {
  readonly lark: string;
}

/** What a text has to be. */
export type GrammarSpec = JsonGrammarSpec | RegexGrammarSpec | ChoiceGrammarSpec | GbnfGrammarSpec | LarkGrammarSpec;

/** The key that says of which kind a spec is. */
export type GrammarKind = "json" | "regex" | "choice" | "gbnf" | "lark";
