import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pythonCases } from "../../test/helpers/python-cases.ts";
import * as text from "./text.ts";

describe("texts are to us what they are to Python", () => {
  test.each(pythonCases.texts)("$text", (expected) => {
    const given = expected.text;
    expect({
      text: given,
      length: text.codePointLength(given),
      bytes: text.utf8Length(given),
      strip: text.strip(given),
      lstrip: text.lstrip(given),
      rstrip: text.rstrip(given),
      split: text.splitWords(given),
      splitAtSpaces: text.splitAtSpaces(given),
      capitalize: text.capitalize(given),
      lower: given.toLowerCase(),
    }).toEqual(expected);
  });
});

test("white space is what Python finds to be", () => {
  const spaces: string[] = [];
  for (let code = 0; code < 0x110000; code++) {
    const character = String.fromCodePoint(code);
    if (text.strip(character) === "") spaces.push(character);
  }
  expect(spaces.join("")).toBe(pythonCases.spaces);
});

test("characters have Python's title case", () => {
  for (const [character, title] of Object.entries(pythonCases.titles))
    expect([character, text.capitalize(character)]).toEqual([character, title]);
});

test("characters without a title case of their own have their upper case", () => {
  const alike = fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((one) => !(one in pythonCases.titles));
  fc.assert(
    fc.property(alike, (character) => {
      const upper = character.toUpperCase();
      // Of two letters, title case makes the first one large; those are all listed.
      expect(text.capitalize(character)).toBe(upper);
    }),
    { seed: 20261129, numRuns: 2000 },
  );
});

test("a text is the joint of its words", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (given) => {
      expect(text.foldSpaces(given)).toBe(text.splitWords(given).join(" "));
      expect(text.withoutSpaces(given)).toBe(text.splitWords(given).join(""));
      expect(text.codePointLength(given)).toBe(Array.from(given).length);
    }),
    { seed: 20261129 },
  );
});
