import { GrammarLimitError } from "../../../errors.ts";
import { annotations } from "./annotations.ts";
import { isList, isObject, type Json } from "./json-values.ts";

/** What is read of a schema and those that are given with it; the largest of 11,305 published ones have half of it. */
const LIMITS = {
  /** Schemas, lists, texts, numbers and so on, each as often as it stands there. */
  parts: 60_000,
  /** Of names, and of texts that are no annotations. */
  characters: 600_000,
} as const;

/**
 * Refuses what is too large before anything is made of it, so that even a schema of many megabytes costs little.
 *
 * @returns how many parts there are
 * @throws GrammarLimitError says what is too large
 */
export function checkSchemaSize(...schemas: readonly Json[]): number {
  let [parts, characters] = [0, 0];
  const open: Json[] = [...schemas];
  /** Values that are meant, in which no name is a keyword. */
  const values: Json[] = [];
  const checkParts = (more = 0): void => {
    if (parts + open.length + values.length + more > LIMITS.parts) throw tooLarge("parts", LIMITS.parts);
  };
  const take = (part: Json, inside: Json[], isSkipped: (name: string, value: Json) => boolean): void => {
    parts++;
    if (typeof part === "string") characters += part.length;
    else if (isList(part)) {
      checkParts(part.length);
      for (const inner of part) inside.push(inner);
    } else if (isObject(part)) {
      for (const name in part) {
        const value = part[name];
        characters += name.length;
        if (value !== undefined && !isSkipped(name, value))
          (name === "enum" || name === "const" ? values : inside).push(value);
        checkParts();
      }
    }
    if (characters > LIMITS.characters) throw tooLarge("characters of names and values", LIMITS.characters);
  };
  for (let next = open.pop(); next !== undefined; next = open.pop()) take(next, open, isNote);
  for (let next = values.pop(); next !== undefined; next = values.pop()) take(next, values, () => false);
  return parts;
}

const isNote = (name: string, value: Json): boolean => typeof value === "string" && annotations.has(name);

const tooLarge = (what: string, limit: number): GrammarLimitError =>
  new GrammarLimitError(
    "json",
    `the schema has more than ${limit.toLocaleString("en")} ${what}; leave out what is not needed, or split it`,
    { limit },
  );
