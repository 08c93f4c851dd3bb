import { isList, own, type Json } from "../documents/json-values.ts";
import { isKeyword } from "../documents/dialects.ts";
import { refusal } from "../documents/refusals.ts";
import { all, any, not, one, schemaFormula, yes, type Formula } from "./formulas.ts";
import { below, refuseMalformed, type Reading } from "./reading.ts";

/** Schemas in place: they say something of the same value, whatever its type is. */
type ApplicatorReader = <Atom>(value: Json, reading: Reading, keyword: string) => Formula<Atom>;

const listOf = (join: <Atom>(parts: readonly Formula<Atom>[]) => Formula<Atom>): ApplicatorReader => {
  return <Atom>(value: Json, reading: Reading, keyword: string) => {
    if (!isList(value) || value.length === 0) refuseMalformed(reading, keyword, "a list of schemas", value);
    return join<Atom>(value.map((part, index) => schemaFormula(below(reading, part, keyword, index))));
  };
};

const readReference: ApplicatorReader = (value, reading, keyword) => {
  if (typeof value !== "string") refuseMalformed(reading, keyword, "a URI reference", value);
  return schemaFormula(reading.pool.target(reading.id, value, keyword));
};

/** A reference that depends on the way it was reached, unless only one schema can be meant. */
const readDynamicReference: ApplicatorReader = (value, reading, keyword) => {
  const { pool, id } = reading;
  if (typeof value !== "string") refuseMalformed(reading, keyword, "a URI reference", value);
  const name = keyword === "$recursiveRef" ? "#" : /#([^/]*)$/.exec(value)?.[1];
  if (name !== undefined && pool.documents.dynamicAnchorCount(name) > 1) {
    throw refusal(
      keyword,
      pool.place(id, keyword),
      `several schemas carry the anchor ${JSON.stringify(value)}; use $ref`,
    );
  }
  return schemaFormula(pool.target(id, value, keyword));
};

const readCondition = <Atom>(value: Json, reading: Reading): Formula<Atom> => {
  const { schema, pool, id } = reading;
  const branch = (keyword: "then" | "else"): Formula<Atom> => {
    const given = isKeyword(keyword, pool.resource(id).dialect) ? own(schema, keyword) : undefined;
    return given === undefined ? yes : schemaFormula(below(reading, given, keyword));
  };
  const [then, otherwise] = [branch("then"), branch("else")];
  if (then.op === "yes" && otherwise.op === "yes") return yes;
  const condition = schemaFormula<Atom>(below(reading, value, "if"));
  if (otherwise.op === "yes" && then.op === "no") return not(condition);
  return any([all([condition, then]), all([not(condition), otherwise])]);
};

/** Keywords for values of all types. */
export const applicators = new Map<string, ApplicatorReader>([
  ["$ref", readReference],
  ["$dynamicRef", readDynamicReference],
  ["$recursiveRef", readDynamicReference],
  ["allOf", listOf(all)],
  ["anyOf", listOf(any)],
  ["oneOf", listOf(one)],
  ["not", (value, reading) => not(schemaFormula(below(reading, value, "not")))],
  ["if", readCondition],
]);
