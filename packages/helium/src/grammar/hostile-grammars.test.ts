import { describe, expect, it } from "vitest";
import { GrammarError, GrammarLimitError } from "../errors.ts";
import { hostileSpecs } from "../testing/grammar/hostile/hostile-specs.ts";
import { admits, byteGrammar, schemaStart } from "../testing/grammar/schema-acceptor.ts";

/** What says why a grammar was refused; null where it was compiled. Never a RangeError of the stack, never for ever. */
function refusalOf(name: string, scale: number): string | null {
  const make = hostileSpecs.get(name);
  if (make === undefined) throw new Error(`no grammar ${name}`);
  try {
    byteGrammar(make(scale));
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(GrammarError);
    return (error as GrammarError).message;
  }
}

describe("hostile grammars are compiled or refused with a typed error", () => {
  // What is deep would fill the stack only at thousands.
  const scaleOf = (name: string): number => (/ deep|\$ref|chain/.test(name) ? 0.5 : 0.02);

  it.each([...hostileSpecs.keys()])("%s", (name) => {
    expect(refusalOf(name, scaleOf(name))).toSatisfy((refusal) => refusal === null || typeof refusal === "string");
  });
});

describe("what is refused at its full size", () => {
  it.each([
    ["json: 40,000 properties, 10 MB", "more than 600,000 characters of names and values"],
    ["json: 400,000 properties, 10 MB", "more than 60,000 parts"],
    ["json: required with 10 MB of names", "more than 600,000 characters"],
    ["json: definitions, 10 MB that nothing refers to", "more than 60,000 parts"],
    ["json: enum of one text, 10 MB", "more than 600,000 characters"],
    ["json: pattern of 10 MB", "more than 600,000 characters"],
    ["json: oneOf of 5,000 objects", "steps to sort out how its alternatives combine"],
    ["json: oneOf of 1,000 objects", "steps to sort out how its alternatives combine"],
    ["json: anyOf of 10,000 lists", "more than 2000 alternatives for one value"],
    ["json: not of 19,000 constants", "steps at one place of a text"],
    ["json: oneOf of 2,000 ranges of numbers", "steps at one place of a text"],
    ["json: a constant list of 59,000 numbers", "steps at one place of a text"],
    ["json: 9 patterns of 60,000 letters", "steps at one place of a text"],
    ["gbnf: 11 MB", "at most 2097152 are read"],
    ["choice: one text of 10 MB", "at most 2097152 are read"],
  ])("%s", (name, message) => {
    expect(refusalOf(name, 1)).toContain(message);
  });

  it("is so without a trace: the next grammar of the vocabulary is compiled", () => {
    expect(() => schemaStart({ enum: Array.from({ length: 100_000 }, (_, i) => i) })).toThrow(GrammarLimitError);
    expect(admits(schemaStart({ type: "integer" }), "12")).toBe(true);
  });
});

it("lists 10,000 deep are compiled", () => {
  const depth = 10_000;
  const start = byteGrammar(hostileSpecs.get("json: lists 10,000 deep")?.(1) ?? { choice: [] });
  expect(admits(start, `${"[".repeat(depth)}1${"]".repeat(depth)}`)).toBe(true);
  expect(admits(start, `${"[".repeat(depth - 1)}1${"]".repeat(depth - 1)}`)).toBe(false);
});

it("constructor and __proto__ are keywords as others are", () => {
  const schema = '{"__proto__":{"type":"string"},"constructor":1,"properties":{"__proto__":false}}';
  const start = schemaStart(JSON.parse(schema));
  expect(admits(start, '{"constructor":1}')).toBe(true);
  expect(admits(start, '{"__proto__":1}')).toBe(false);
});
