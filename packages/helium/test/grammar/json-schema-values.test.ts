import { createRequire } from "node:module";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { FormatsPlugin } from "ajv-formats";
import { describe, expect, it } from "vitest";
import { GrammarLimitError, UnsupportedGrammarError } from "../../src/errors.ts";
import { schemaStart } from "../../src/testing/grammar/schema-acceptor.ts";
import { verdictOf } from "../../src/testing/grammar/schema-verdict.ts";
import { SchemaDraw, type Drawn } from "./draw-schemas.ts";

// Its types and its module do not agree on where the function is.
const formats = createRequire(import.meta.url)("ajv-formats") as FormatsPlugin;

/** Schemas of each property; more with the variable SCHEMAS. */
const runs = Number(process.env["SCHEMAS"] ?? 50);

/** What ajv says of a value; null where it fails. */
function validatorOf(schema: Drawn): (value: Drawn) => boolean | null {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
  formats(ajv);
  const validate = ajv.compile(schema as object);
  return (value) => {
    try {
      return validate(value);
    } catch {
      return null;
    }
  };
}

/** The grammar of a schema; undefined where it is refused, null where it has no text. */
function startOf(schema: Drawn): ReturnType<typeof schemaStart> | null | undefined {
  try {
    return schemaStart(schema);
  } catch (error) {
    if (error instanceof UnsupportedGrammarError || error instanceof GrammarLimitError) return undefined;
    if (error instanceof Error && error.message.includes("no text at all")) return null;
    throw error;
  }
}

/** ajv finds that an empty list contains something where `prefixItems` stands beside `contains`. */
const isDisputed = (schema: Drawn, value: Drawn): boolean =>
  JSON.stringify(value).includes("[]") &&
  /"prefixItems".*"contains"|"contains".*"prefixItems"/s.test(JSON.stringify(schema));

describe("values of random schemas", () => {
  it("a value made by the structure of a schema is accepted in every layout, others as ajv says", () => {
    let accepted = 0;
    for (let seed = 0; seed < 2 * runs; seed++) {
      const draw = new SchemaDraw(seed);
      const { schema, value } = draw.pair();
      const isValid = validatorOf(schema);
      const start = startOf(schema);
      // Drawn alternatives may both hold for the value, where exactly one may.
      if (!start || isValid(value) === false) continue;
      accepted++;
      expect({ seed, verdict: verdictOf(start, value) }).toEqual({
        seed,
        verdict: { isAccepted: true, refusedLayouts: [] },
      });
      for (const other of changed(value, draw.value(1))) {
        const isAccepted = verdictOf(start, other).isAccepted;
        expect({ seed, other, isAccepted }).toEqual({ seed, other, isAccepted: isValid(other) });
      }
    }
    expect(accepted).toBeGreaterThan(1.6 * runs);
  });

  it("whatever the keywords of a schema, a value is accepted exactly where ajv finds it valid", () => {
    const counts = { compiled: 0, accepted: 0, refused: 0 };
    for (let seed = 0; seed < 4 * runs; seed++) {
      const draw = new SchemaDraw(1_000_000 + seed);
      const schema = draw.schema();
      const start = startOf(schema);
      if (start === undefined) continue;
      counts.compiled++;
      const isValid = validatorOf(schema);
      for (const value of Array.from({ length: 8 }, () => draw.value())) {
        const isAccepted = start !== null && verdictOf(start, value).isAccepted;
        counts[isAccepted ? "accepted" : "refused"]++;
        if (isValid(value) === null || isDisputed(schema, value)) continue;
        expect({ seed, value, isAccepted }).toEqual({ seed, value, isAccepted: isValid(value) });
      }
    }
    expect(counts.compiled).toBeGreaterThan(3.6 * runs);
    expect(counts.accepted).toBeGreaterThan(10 * runs);
    expect(counts.refused).toBeGreaterThan(5 * runs);
  });
});

const isList = (value: Drawn): value is readonly Drawn[] => Array.isArray(value);

/** The value with one member or element left out, or another in its place. */
function changed(value: Drawn, other: Drawn): readonly Drawn[] {
  if (typeof value !== "object" || value === null) return [other];
  if (isList(value)) return [value.slice(1), [...value, other]];
  const entries = Object.entries(value);
  return entries.flatMap(([key]) => [
    Object.fromEntries(entries.filter(([name]) => name !== key)),
    Object.fromEntries(entries.map(([name, own]) => [name, name === key ? other : own])),
  ]);
}
