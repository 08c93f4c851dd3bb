import { isList, own, type Json } from "../documents/json-values.ts";
import { isKeyword } from "../documents/dialects.ts";
import { refusal } from "../documents/refusals.ts";
import { EVERYTHING, literal } from "../documents/schema-pool.ts";
import { atom, yes, type Formula } from "./formulas.ts";
import type { ArrayAtom } from "./json-types.ts";
import { readUnevaluatedItems } from "./unevaluated.ts";
import { below, refuseMalformed, wholeNumber, type KeywordTable, type Reading } from "./reading.ts";

/** `prefixItems` with `items`, or as older drafts say `items` with `additionalItems`; read at the first that is there. */
function readItems(_: Json, reading: Reading, keyword: string): Formula<ArrayAtom> {
  const { schema, pool, id } = reading;
  const known = (name: string): Json | undefined =>
    isKeyword(name, pool.resource(id).dialect) ? own(schema, name) : undefined;
  const [prefixItems, items, additional] = [known("prefixItems"), known("items"), known("additionalItems")];
  if (keyword !== (prefixItems === undefined ? "items" : "prefixItems")) return yes;
  if (prefixItems !== undefined && isList(items)) {
    throw refusal("items", pool.place(id, "items"), "a list beside `prefixItems`; give one schema");
  }
  const listed = prefixItems ?? (isList(items) ? items : []);
  if (!isList(listed)) refuseMalformed(reading, keyword, "a list of schemas", listed);
  const [restKeyword, rest] = isList(items) ? ["additionalItems", additional] : ["items", items];
  const atomOfItems: ArrayAtom = {
    is: "items",
    prefix: listed.map((item, index) => below(reading, item, keyword, index)),
    rest: rest === undefined ? EVERYTHING : below(reading, rest, restKeyword),
  };
  return atomOfItems.prefix.length === 0 && atomOfItems.rest === EVERYTHING ? yes : atom(atomOfItems);
}

function readContains(value: Json, reading: Reading): Formula<ArrayAtom> {
  const { schema, pool, id } = reading;
  const count = (name: string, otherwise: number): number => {
    const given = isKeyword(name, pool.resource(id).dialect) ? own(schema, name) : undefined;
    return given === undefined ? otherwise : wholeNumber(given, reading, name);
  };
  const [min, max] = [count("minContains", 1), count("maxContains", Infinity)];
  if (min === 0 && max === Infinity) return yes;
  return atom({ is: "contains", literal: literal(below(reading, value, "contains")), from: 0, min, max });
}

export const arrayKeywords: KeywordTable<"array"> = new Map([
  ["items", readItems],
  ["prefixItems", readItems],
  ["unevaluatedItems", readUnevaluatedItems],
  ["contains", readContains],
  [
    "minItems",
    (value, reading, keyword) => atom({ is: "length", min: wholeNumber(value, reading, keyword), max: Infinity }),
  ],
  ["maxItems", (value, reading, keyword) => atom({ is: "length", min: 0, max: wholeNumber(value, reading, keyword) })],
  [
    "uniqueItems",
    (value, reading, keyword) => {
      if (typeof value !== "boolean") refuseMalformed(reading, keyword, "a boolean", value);
      return value ? atom<ArrayAtom>({ is: "unique", unique: true }) : yes;
    },
  ],
]);
