import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseStrictJson, wholeNumber, type JsonValue } from "./strict-json.ts";

const parse = (text: string): JsonValue =>
  parseStrictJson(text, (reason) => {
    throw new SyntaxError(reason);
  });

/** The same value as JSON.parse would give it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) {
    const members = value as ReadonlyMap<string, JsonValue>;
    return Object.fromEntries([...members].map(([key, member]) => [key, plain(member)]));
  }
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plain);
  if (typeof value === "object" && value !== null && "token" in value) return Number(value.token);
  return value;
}

describe("parseStrictJson", () => {
  it("agrees with JSON.parse on every document without repeated keys", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 1, 3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(plain(parse(text))).toEqual(JSON.parse(text));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it("accepts nothing that JSON.parse refuses", () => {
    const piece = fc.constantFrom(
      ...'{}[]:,"\\ \t\n-+.0123eEtruefalsnl/\u0000\u00e9',
      "true",
      "null",
      '"a"',
      "\\u12",
      '{"a":1}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join("");
        try {
          parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
          return;
        }
        expect(() => void JSON.parse(text)).not.toThrow();
      }),
      { seed: 4, numRuns: 5000 },
    );
  });

  it("counts the values of a document, those within values included", () => {
    const limited = (limit: number) => (): JsonValue =>
      parseStrictJson(
        '[1, {"a": 2}]',
        (reason) => {
          throw new SyntaxError(reason);
        },
        limit,
      );
    expect(limited(4)).not.toThrow();
    expect(limited(3)).toThrow(/holds more than 3 values/);
  });

  it("keeps __proto__ as a key and leaves prototypes alone", () => {
    const value = parse('{"__proto__": {"polluted": true}, "constructor": 1}') as ReadonlyMap<string, JsonValue>;
    expect([...value.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ["a repeated key", '{"a":1,"a":2}', /"a" appears twice/],
    ["a key repeated through an escape", '{"a":1,"\\u0061":2}', /"a" appears twice/],
    ["half a surrogate pair", '"\\ud800"', /surrogate/],
    ["a bad escape", '"\\x"', /bad escape/],
    ["a control character", '"a\nb"', /end of a string/],
    ["an open string", '"abc', /end of the text/],
    ["a string cut in an escape", '"abc\\', /end of the text/],
    ["text after the value", "{} x", /expected the end, given "x" at character 3/],
    ["nothing", "", /expected a value, given the end of the text/],
    ["a leading zero", "01", /expected the end/],
    ["a trailing comma", "[1,]", /expected a value/],
    ["a comment", "{/**/}", /expected a string/],
    ["NaN", "NaN", /expected a value/],
    ["a byte-order mark", "\ufeff{}", /expected a value/],
    ["100,000 open brackets", "[".repeat(100_000), /deeper than 64/],
    ["100,000 open braces", '{"a":'.repeat(100_000), /deeper than 64/],
  ])("refuses %s", (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});

describe("wholeNumber", () => {
  it.each([
    ["0", 0],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", null],
    ["18446744073709551615", null],
    ["-1", null],
    ["-0", null],
    ["2.0", null],
    ["2e0", null],
    ['"2"', null],
    ["true", null],
    ["null", null],
    ["[2]", null],
    ['{"token":"2"}', null],
  ])("%s → %s", (text, expected) => {
    expect(wholeNumber(parse(text))).toBe(expected);
  });
});
