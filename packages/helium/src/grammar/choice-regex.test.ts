import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GrammarError, GrammarLimitError } from "../errors.ts";
import { choiceRegex } from "./choice-regex.ts";
import { RegexArena } from "./regex/index.ts";

describe("choiceRegex", () => {
  test("has exactly the texts of the list, whatever they share", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "é", "è", "😀"), maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 12 }),
        fc.array(text, { maxLength: 12 }),
        (texts, others) => {
          const regexes = new RegexArena();
          const regex = choiceRegex(texts, regexes);
          for (const one of [...texts, ...others])
            expect([one, regexes.matches(regex, one)]).toEqual([one, texts.includes(one)]);
        },
      ),
      { numRuns: 300, seed: 15 },
    );
  });

  test("many texts, and texts that are each a start of the next", () => {
    const regexes = new RegexArena();
    const many = choiceRegex(
      Array.from({ length: 20_000 }, (_, n) => `item ${n}`),
      regexes,
    );
    expect(["item 19999", "item 20000", "item"].map((one) => regexes.matches(many, one))).toEqual([true, false, false]);
    const nested = choiceRegex(
      Array.from({ length: 500 }, (_, n) => "a".repeat(2 * n)),
      regexes,
    );
    expect(["", "a", "aa", "a".repeat(998)].map((one) => regexes.matches(nested, one))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test.each<[string, unknown, RegExp]>([
    ["no list", "yes", /^choice: expected a list of one or more texts$/],
    ["an empty list", [], /^choice: expected a list of one or more texts$/],
    ["a number", ["a", 1], /^choice\[1\]: is 1, expected a text$/],
    ["a function", [() => 1], /^choice\[0\]: is function, expected a text$/],
    ["half a character", ["\ud800"], /^choice\[0\]: is "\\ud800", expected a text$/],
  ])("%s is refused", (_, choices, message) => {
    expect(() => choiceRegex(choices, new RegexArena())).toThrow(GrammarError);
    expect(() => choiceRegex(choices, new RegexArena())).toThrow(message);
  });

  test.each<[string, unknown]>([
    ["too many texts", Array.from({ length: 100_001 }, String)],
    ["too long ones", ["a".repeat(3_000_000)]],
  ])("%s are refused", (_, choices) => {
    expect(() => choiceRegex(choices, new RegexArena())).toThrow(GrammarLimitError);
  });
});
