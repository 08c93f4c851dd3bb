import type { StandardSchema } from "./standard-schema.ts";

/** A JSON Schema of draft 2020-12, as a plain value. */
export type JsonSchema = boolean | Readonly<Record<string, unknown>>;

/** What every spec may say beside its kind. */
export interface GrammarNote {
  /** Where the spec comes from, such as a field of a request: errors about it have it as their `field`. */
  readonly field?: string;
}

/** JSON that a schema describes. */
export interface JsonGrammarSpec extends GrammarNote {
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
  /** Stands in where the schema cannot be enforced; default: that is an error. */
  readonly fallback?: GrammarSpec;
}

/** A text that a regular expression of JavaScript matches from its first character to its last. */
export interface RegexGrammarSpec extends GrammarNote {
  readonly regex: string | RegExp;
}

/** One of some texts. */
export interface ChoiceGrammarSpec extends GrammarNote {
  readonly choice: readonly string[];
}

/** A grammar as llama.cpp writes it. */
export interface GbnfGrammarSpec extends GrammarNote {
  readonly gbnf: string;
}

/** A grammar as Lark and llguidance write it. */
export interface LarkGrammarSpec extends GrammarNote {
  readonly lark: string;
}

/** Grammars one after another. */
export interface SequenceGrammarSpec extends GrammarNote {
  readonly sequence: readonly GrammarSpec[];
}

/** Any one of some grammars. */
export interface AnyOfGrammarSpec extends GrammarNote {
  readonly anyOf: readonly GrammarSpec[];
}

/** A grammar several times, one behind the other; default: any number of times, none too. */
export interface RepeatGrammarSpec extends GrammarNote {
  readonly repeat: GrammarSpec;
  readonly min?: number;
  readonly max?: number;
}

/** Any text in which none of these stands anywhere. */
export interface WithoutGrammarSpec extends GrammarNote {
  readonly without: readonly string[];
}

/** One special token, by its name: the only way in which one becomes part of a constrained text. */
export interface SpecialTokenGrammarSpec extends GrammarNote {
  readonly specialToken: string;
}

/** What a text has to be. */
export type GrammarSpec =
  | JsonGrammarSpec
  | RegexGrammarSpec
  | ChoiceGrammarSpec
  | GbnfGrammarSpec
  | LarkGrammarSpec
  | SequenceGrammarSpec
  | AnyOfGrammarSpec
  | RepeatGrammarSpec
  | WithoutGrammarSpec
  | SpecialTokenGrammarSpec;

/** The keys that say of which kind a spec is. */
export const grammarKinds = [
  "json",
  "regex",
  "choice",
  "gbnf",
  "lark",
  "sequence",
  "anyOf",
  "repeat",
  "without",
  "specialToken",
] as const;

export type GrammarKind = (typeof grammarKinds)[number];
