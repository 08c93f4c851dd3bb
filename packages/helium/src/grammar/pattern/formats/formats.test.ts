import { fullFormats } from "ajv-formats/dist/formats.js";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Regex } from "../../regex/index.ts";
import { RegexArena } from "../../regex/index.ts";
import { encodeJsonBody, encodeText, searchPattern } from "../encode-pattern.ts";
import { parsePattern } from "../parse-pattern.ts";
import { formats } from "./formats.ts";

interface Strings {
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

/** Of JSON-Schema-Test-Suite, by scripts/reference/make_json_schema_cases.py. */
const suite = JSON.parse(
  readFileSync(new URL("../../../../../../fixtures/json-schema/strings.json", import.meta.url), "utf8"),
) as {
  readonly formats: Readonly<Record<string, Strings>>;
  readonly patterns: readonly (Strings & { readonly pattern: string })[];
};

const regexes = new RegexArena();

function patternOf(name: string): { readonly text: Regex; readonly json: Regex } {
  const format = formats.get(name);
  if (format?.of !== "string") throw new Error(`${name} is no format of strings`);
  return { text: encodeText(regexes, format.pattern), json: encodeJsonBody(regexes, format.pattern) };
}

/** Valid by the test suite, refused here: what ajv-formats does not take, or no regular expression can tell. */
const stricter: Readonly<Record<string, RegExp>> = {
  email: /^"|\[/,
  "idn-email": /^"/,
  hostname: /^xn--|\.xn--/,
  "uri-template": /'|\{[^}]*\w\.\w/,
};

describe("formats", () => {
  const named = Object.keys(suite.formats).filter((name) => formats.has(name));

  test.each(named)("%s: what the test suite of JSON Schema takes and refuses", (name) => {
    const { text, json } = patternOf(name);
    const { valid = [], invalid = [] } = suite.formats[name] ?? {};
    const matches = (one: string): boolean[] => [
      regexes.matches(text, one),
      regexes.matches(json, JSON.stringify(one).slice(1, -1)),
    ];
    for (const one of invalid) expect([one, ...matches(one)]).toEqual([one, false, false]);
    for (const one of valid) {
      const taken = stricter[name]?.test(one) !== true;
      expect([one, ...matches(one)]).toEqual([one, taken, taken]);
    }
    expect(valid.some((one) => stricter[name]?.test(one) !== true)).toBe(true);
  });

  test("of the test suite that are not enforced are refused by name", () => {
    expect(Object.keys(suite.formats).filter((name) => !formats.has(name))).toEqual([
      "idn-hostname",
      "regex",
      "unknown",
    ]);
  });

  test.each(suite.patterns.map((one) => [one.pattern, one] as const))("pattern %s", (source, { valid, invalid }) => {
    let search: Regex;
    try {
      search = encodeText(regexes, searchPattern(parsePattern(source)));
    } catch (error) {
      // A property that ECMA-262 does not have.
      expect([source, valid]).toEqual(["^\\p{digit}+$", []]);
      expect(error).toBeInstanceOf(Error);
      return;
    }
    for (const one of valid) expect([one, regexes.matches(search, one)]).toEqual([one, true]);
    for (const one of invalid) expect([one, regexes.matches(search, one)]).toEqual([one, false]);
  });

  const both = [...formats].filter(([name, { of }]) => of === "string" && name in fullFormats).map(([name]) => name);

  test.each(both)("%s: whatever is matched ajv-formats takes", (name) => {
    const { text } = patternOf(name);
    const takes = ajvTakes(name);
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 5, maxLength: 60 }), (choices) => {
        const one = walk(text, choices);
        expect([one, takes(one)]).toEqual([one, true]);
      }),
      { seed: 15, numRuns: 40 },
    );
  });

  test.each([
    [
      "url",
      ["http://example.com", "https://a.b.example.org:8080/x?y#z", "ftp://example.com/"],
      ["example.com", "http://", "http://a b.com"],
    ],
    ["byte", ["", "aGVsbG8=", "YQ=="], ["YQ", "Y===", "a b="]],
    ["semver", ["1.0.0", "1.2.3-alpha.1+001", "0.0.4--x"], ["1.0", "01.0.0", "1.0.0-01", "1.0.0-"]],
    ["iso-time", ["10:00:00", "10:00:00.5Z"], ["24:00:00", "10:00"]],
    ["date", ["2024-02-29", "2000-02-29", "0000-02-29"], ["2023-02-29", "1900-02-29", "2023-02-30", "2023-04-31"]],
    ["uri", ["a:b", "http://[::1]:80/"], ["a:", "http://[::1/"]],
  ] as const)("%s by hand", (name, valid, invalid) => {
    const { text } = patternOf(name);
    for (const one of valid) expect([one, regexes.matches(text, one)]).toEqual([one, true]);
    for (const one of invalid) expect([one, regexes.matches(text, one)]).toEqual([one, false]);
  });
});

function ajvTakes(name: string): (text: string) => boolean {
  const format = fullFormats[name as keyof typeof fullFormats];
  const validate: unknown = typeof format === "object" && "validate" in format ? format.validate : format;
  return (text) => {
    if (validate instanceof RegExp) return validate.test(text);
    if (typeof validate === "function") return (validate as (text: string) => boolean)(text);
    return validate === true;
  };
}

/** A text that is matched: the choices say which way to go while they last. */
function walk(from: Regex, choices: readonly number[]): string {
  const bytes: number[] = [];
  let state = from;
  for (let i = 0; i < 400; i++) {
    if (i >= choices.length && regexes.isNullable(state)) break;
    const open = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => regexes.step(state, byte) !== regexes.nothing,
    );
    if (open.length === 0) break;
    const byte = open[(choices[i] ?? (i * 7919) % 256) % open.length] ?? 0;
    bytes.push(byte);
    state = regexes.step(state, byte);
  }
  expect(regexes.isNullable(state)).toBe(true);
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
