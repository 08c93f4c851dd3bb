import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RegexArena } from "../regex/index.ts";
import { jsonBodyOfLength, jsonStringBody, jsonStringBodyOf } from "./json-string.ts";

const regexes = new RegexArena();

/** Pieces that mostly make bodies of strings, and some that do not. */
const bodies = fc
  .array(
    fc.constantFrom(
      ..."aé😀/u0dD8",
      "\\",
      '"',
      "\\n",
      '\\"',
      "\\\\",
      "\\/",
      "\\u0041",
      "\\ud83d\\uDE00",
      "\\udE00",
      "\n",
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(""));

const parsed = (body: string): string | undefined => {
  try {
    const text: unknown = JSON.parse(`"${body}"`);
    return typeof text === "string" && !/\p{Surrogate}/u.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
};

describe("the body of a JSON string", () => {
  test("is what the platform parses, without lone surrogates", () => {
    fc.assert(
      fc.property(bodies, (body) => {
        expect([body, regexes.matches(jsonStringBody(regexes), body)]).toEqual([body, parsed(body) !== undefined]);
      }),
      { seed: 15, numRuns: 500 },
    );
  });

  test("of one text is every spelling of it and nothing else", () => {
    fc.assert(
      fc.property(bodies, bodies, (body, other) => {
        const text = parsed(body);
        if (text === undefined) return;
        const spelt = jsonStringBodyOf(regexes, text);
        for (const one of [body, other, JSON.stringify(text).slice(1, -1)]) {
          expect([text, one, regexes.matches(spelt, one)]).toEqual([text, one, parsed(one) === text]);
        }
      }),
      { seed: 15, numRuns: 300 },
    );
    expect(jsonStringBodyOf(regexes, "\ud83d")).toBe(regexes.nothing);
  });

  test("counts code points", () => {
    const two = jsonBodyOfLength(regexes, 2, 2);
    for (const body of ["ab", "a😀", "\\ud83d\\ude00\\n", "\\u0041é"]) expect(regexes.matches(two, body)).toBe(true);
    for (const body of ["a", "😀", "\\ud83d\\ude00", "abc"]) expect(regexes.matches(two, body)).toBe(false);
  });

  test("leads back to itself by every character, and lengths are counted down", () => {
    const any = jsonStringBody(regexes);
    for (const byte of new TextEncoder().encode("az 09~")) expect(regexes.step(any, byte)).toBe(any);
    expect(regexes.step(jsonBodyOfLength(regexes, 3, 10), 0x61)).toBe(jsonBodyOfLength(regexes, 2, 9));
    expect(regexes.step(jsonBodyOfLength(regexes, 0), 0x61)).toBe(any);
  });
});
