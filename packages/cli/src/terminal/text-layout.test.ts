import fc from "fast-check";
import { expect, it } from "vitest";
import { alignColumns, wrapParagraphs, wrapWords } from "./text-layout.ts";

it("keeps every word, in lines that are as full as they can be", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "é", "-", "x"), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word), fc.integer({ min: 1, max: 30 }), (words, width) => {
      const lines = wrapWords(words.join(" \n"), width);
      expect(lines.join(" ")).toBe(words.join(" "));
      for (const [at, line] of lines.entries()) {
        if (line.includes(" ")) expect(line.length).toBeLessThanOrEqual(width);
        const next = lines[at + 1]?.split(" ")[0];
        if (next !== undefined) expect(line.length + 1 + next.length).toBeGreaterThan(width);
      }
    }),
    { seed: 1 },
  );
});

it("wraps paragraphs and leaves examples alone", () => {
  const example = `  helium ${"x".repeat(90)}\n  helium y`;
  expect(wrapParagraphs(`one\ntwo\n\n${example}`, 80)).toBe(`one two\n\n${example}`);
});

it("aligns columns but for the last", () => {
  expect(
    alignColumns([
      ["a", "b", "c"],
      ["aaa", "", "cc"],
    ]),
  ).toEqual(["a    b  c", "aaa     cc"]);
});
