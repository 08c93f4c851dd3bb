import { isList, isObject, type Json } from "../documents/json-values.ts";
import type { SchemaId } from "../documents/schema-pool.ts";
import { multiplesOf, numberPoint } from "../sets/number-sets.ts";
import { someStrings } from "../sets/string-sets.ts";
import { any, atom, no, schemaFormula, when, type Formula } from "./formulas.ts";
import { jsonTypeOf, words, type Atoms, type JsonType } from "./json-types.ts";
import { refuseMalformed, type Reading } from "./reading.ts";

/** What each name of `type` stands for; of null and boolean, the words that are meant. */
const typeNames = new Map<string, { readonly type: JsonType; readonly word: number }>([
  ["null", { type: "word", word: words.null }],
  ["boolean", { type: "word", word: words.boolean }],
  ["number", { type: "number", word: 0 }],
  ["integer", { type: "number", word: 0 }],
  ["string", { type: "string", word: 0 }],
  ["array", { type: "array", word: 0 }],
  ["object", { type: "object", word: 0 }],
]);

const named = (name: Json): { readonly type: JsonType; readonly word: number } | undefined =>
  typeof name === "string" ? typeNames.get(name) : undefined;

/** What `type` says of the values of one type. */
export function readType<Type extends JsonType>(type: Type, value: Json, reading: Reading): Formula<Atoms[Type]> {
  const names = isList(value) ? value : [value];
  if (names.length === 0 || !names.every((name) => named(name))) {
    refuseMalformed(reading, "type", `some of ${[...typeNames.keys()].join(", ")}`, value);
  }
  const own = names.filter((name) => named(name)?.type === type);
  if (type === "number" && !own.includes("number") && own.length > 0) return atomOf(multiplesOf(1));
  if (type !== "word") return when(own.length > 0);
  const bits = own.reduce<number>((sum, name) => sum | (named(name)?.word ?? 0), 0);
  return bits === words.all ? { op: "yes" } : bits === 0 ? no : atomOf(bits);
}

/** What `const` and `enum` say of the values of one type. */
export function readValues<Type extends JsonType>(
  type: Type,
  values: readonly Json[],
  reading: Reading,
  keyword: string,
): Formula<Atoms[Type]> {
  const own = values.filter((value) => jsonTypeOf(value) === type);
  if (own.length === 0) return no;
  if (type === "string") return atomOf(someStrings(own as string[]));
  if (type === "number") return atomOf((own as number[]).flatMap((value) => numberPoint(value)));
  if (type === "word") return atomOf(own.reduce<number>((bits, value) => bits | wordBit(value), 0));
  return any(own.map((value, index) => schemaFormula(exactly(value, reading, keyword, index))));
}

const wordBit = (value: Json): number => (value === null ? words.null : value === true ? words.true : words.false);

/** The types of atoms follow the name of the type, which TypeScript does not see through a generic. */
const atomOf = <Type extends JsonType>(value: Atoms["word" | "number" | "string"]): Formula<Atoms[Type]> =>
  atom(value as Atoms[Type]);

/** The schema that a list or an object alone satisfies, said by the keywords of its type. */
function exactly(value: Json, { pool, id }: Reading, keyword: string, index: number): SchemaId {
  const constant = (inner: Json): Json => ({ const: inner });
  if (isList(value)) {
    const schema = { type: "array", prefixItems: value.map(constant), items: false, minItems: value.length };
    return pool.made(id, value.length === 0 ? { type: "array", maxItems: 0 } : schema, keyword, index);
  }
  if (!isObject(value)) return pool.made(id, { const: value }, keyword, index);
  const entries = Object.entries(value);
  const properties: Record<string, Json> = Object.create(null) as Record<string, Json>;
  for (const [key, inner] of entries) properties[key] = constant(inner);
  const required = entries.map(([key]) => key);
  return pool.made(id, { type: "object", properties, required, additionalProperties: false }, keyword, index);
}
