import { textOf } from "./text-of.ts";
import type { GenerateOptions, JsonSchema, Tokenizer } from "@helium-lm/helium";
import type { GrammarSpec } from "@helium-lm/helium/grammar";
import {
  inGroup,
  optionName,
  text,
  type OptionTable,
  type OptionValues,
  UsageError,
  type ValueOption,
  exclusive,
} from "./option-table.ts";

const texts: ValueOption<readonly string[]> = {
  kind: "value",
  placeholder: "a,b",
  help: "write one of these texts, separated by commas",
  expected: "texts that are not empty, separated by commas",
  parse: (given) => {
    const list = given.split(",");
    return list.every((one) => one !== "") ? list : undefined;
  },
};

/** What the new text has to be. */
export const grammarOptions = inGroup(
  "Grammar",
  exclusive([["jsonSchema"], ["regex"], ["choice"], ["grammar"]], {
    jsonSchema: text("file", "write JSON that fits this JSON Schema, a file or the schema itself"),
    regex: text("pattern", "write a text that this regular expression of JavaScript matches as a whole"),
    choice: texts,
    grammar: text(
      "file",
      "write a text of this grammar: GBNF as llama.cpp reads it, or Lark where the name ends in .lark",
    ),
  } as const satisfies OptionTable),
);

type GrammarValues = OptionValues<typeof grammarOptions>;

/**
 * What `generate` is told of the grammar options; nothing where none is given.
 *
 * @throws UsageError for several of them, and for files that cannot be read
 */
export async function grammarOf(
  subject: string,
  values: GrammarValues,
): Promise<((tokenizer: Tokenizer) => Pick<GenerateOptions, "grammar" | "tokenizer">) | null> {
  const keys = Object.keys(grammarOptions) as (keyof GrammarValues)[];
  const given = keys.filter((key) => values[key] !== undefined);
  if (given.length > 1)
    throw new UsageError(subject, `${given.map(optionName).join(" and ")} cannot be combined; give one of them`);
  const grammar = await specOf(subject, values);
  return grammar && ((tokenizer) => ({ grammar, tokenizer }));
}

async function specOf(
  subject: string,
  { jsonSchema, regex, choice, grammar }: GrammarValues,
): Promise<GrammarSpec | null> {
  if (jsonSchema !== undefined) return { json: await schemaOf(subject, jsonSchema), whitespace: "spaced" };
  if (regex !== undefined) return { regex };
  if (choice !== undefined) return { choice };
  if (grammar === undefined) return null;
  const content = await textOf(subject, "--grammar", grammar);
  return grammar.endsWith(".lark") ? { lark: content } : { gbnf: content };
}

async function schemaOf(subject: string, given: string): Promise<JsonSchema> {
  const isInline = /^\s*(\{|true$|false$)/.test(given);
  const json = isInline ? given : await textOf(subject, "--json-schema", given);
  try {
    return JSON.parse(json) as JsonSchema;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      subject,
      `--json-schema ${isInline ? "" : `${given} `}is not JSON: ${reason}; mend it`,
      { given },
      { cause },
    );
  }
}
