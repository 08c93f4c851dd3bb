import type { GrammarSpec } from "../../../grammar/grammar-spec.ts";
import { list, type Makers, nameOf, objectOf } from "./hostile-parts.ts";

/** A schema that is more work than a grammar may be. */
const tooMuch = (count: number): Readonly<Record<string, unknown>> => ({
  allOf: list(count, (i) => ({ not: { const: `constant number ${i}` } })),
});

/** Grammars put together of others. */
export const hostileCompositions: Makers<GrammarSpec> = {
  "a sequence of 60,000 texts": (n) => ({ sequence: list(n(60_000), (i) => ({ choice: [`text ${i}`] })) }),
  "any of 60,000 texts": (n) => ({ anyOf: list(n(60_000), (i) => ({ choice: [`text ${i}`] })) }),
  "any of 10,000 regular expressions": (n) => ({ anyOf: list(n(10_000), (i) => ({ regex: `[a-z]*${i}.*` })) }),
  "any of 100 schemas of 5,000 parts": (n) => ({
    anyOf: list(n(100), (i) => ({
      json: { type: "object", properties: { p: objectOf(i, 50), q: { enum: list(n(5_000), (j) => i + j) } } },
    })),
  }),
  "a repetition of repetitions, 60 deep": (n) =>
    list(n(60), (i) => i).reduce<GrammarSpec>((repeat) => ({ repeat, max: 1e9 }), { choice: ["a", "b"] }),
  "100 schemas that are too much, with what stands in": (n) => ({
    sequence: list(n(100), () => ({ json: tooMuch(n(5_000)), fallback: { json: { type: "object" } } })),
  }),
  "without a text of 1 MB": (n) => ({ without: [nameOf(0, n(1_000_000))] }),
  "without 50,000 texts": (n) => ({ without: list(n(50_000), (i) => nameOf(i, 12)) }),
  "without 300 texts that each begin the next": (n) => ({ without: list(n(300), (i) => "x".repeat(i + 1)) }),
};
