import { GrammarError, GrammarLimitError } from "../../../errors.ts";
import { encodeJsonBody, formats, parsePattern, searchPattern } from "../../pattern/index.ts";
import type { RegexArena } from "../../regex/index.ts";
import { refusal, type Place } from "../documents/refusals.ts";
import type { SchemaId } from "../documents/schema-pool.ts";
import type { JsonSchemaOptions } from "../json-schema-options.ts";
import type { StringSet, StringSets } from "../sets/string-sets.ts";
import type { Reading } from "./reading.ts";

/** Formats that the specification defines, which no grammar of ours can tell. */
const beyondGrammars = new Set(["regex", "idn-hostname"]);

/** Steps that reading a character of a pattern counts as. */
const CHARACTER = 3;

/** How patterns, formats and lengths become sets of texts; patterns are kept by their source. */
export function readingMeans(
  arena: RegexArena,
  strings: StringSets,
  { unknownFormats = "refuse" }: JsonSchemaOptions,
  textsOf: (schema: SchemaId) => StringSet,
): Omit<Reading, "pool" | "id" | "schema"> {
  const patterns = new Map<string, StringSet>();
  const made = (source: string): StringSet => {
    const known = patterns.get(source);
    if (known !== undefined) return known;
    arena.budget.spend(source.length * CHARACTER);
    const set = strings.ofRegex(encodeJsonBody(arena, searchPattern(parsePattern(source))));
    patterns.set(source, set);
    return set;
  };
  const isIgnored = (name: string): boolean => unknownFormats === "ignore" && !beyondGrammars.has(name);
  return {
    strings,
    textsOf,
    pattern: (source, keyword, place) => refusing(keyword, place, () => made(source)),
    length: (min, max) => strings.ofLength(min, max),
    format(name, place) {
      const format = formats.get(name);
      if (format?.of === "number" || (format === undefined && isIgnored(name))) return null;
      if (format !== undefined) {
        return refusing("format", place, () => strings.ofRegex(encodeJsonBody(arena, format.pattern)));
      }
      const mend = 'leave it out, or set unknownFormats: "ignore"';
      throw refusal("format", place, `${JSON.stringify(name)} is not known; ${mend}`);
    },
  };
}

/** Errors of a pattern as those of the keyword it stands in. */
function refusing<Value>(keyword: string, place: Place, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof GrammarError) || error instanceof GrammarLimitError) throw error;
    throw refusal(keyword, place, error.message);
  }
}
