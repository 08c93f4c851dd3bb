import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { normalizeText, type UnicodeForm } from "./normalize-text.ts";

const forms: readonly UnicodeForm[] = ["NFC", "NFD", "NFKC", "NFKD"];

/** All characters that NFKD turns into something that begins with a mark, or that are marks. */
const marks = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code >= 0xe000)
  .map((code) => String.fromCodePoint(code))
  .filter((character) => /\p{M}/u.test((character.normalize("NFKD").at(0) ?? "") || character));

describe("normalizeText", () => {
  it("gives what the platform gives, in runs of any marks", () => {
    const run = fc.array(
      fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...marks) }, fc.string({ unit: "grapheme" })),
      {
        minLength: 20,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(fc.array(run, { maxLength: 3 }), fc.constantFrom(...forms), (runs, form) => {
        const text = runs.map((characters) => characters.join("")).join("ab\uac00");
        expect(normalizeText(text, form)).toBe(text.normalize(form));
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  it("gives what the platform gives where every mark stands in one run, forwards and backwards", () => {
    for (const form of forms) {
      for (const text of [`a${marks.join("")}b`, `\u1161${marks.toReversed().join("")}`]) {
        expect(normalizeText(text, form) === text.normalize(form), form).toBe(true);
      }
    }
  });

  it("leaves the platform no mark of a long run to move", () => {
    const native = Reflect.get(String.prototype, "normalize");
    const long: string[] = [];
    const spy = vi.spyOn(String.prototype, "normalize").mockImplementation(function (this: string, form) {
      if (this.length > 100) long.push(this);
      return native.call(this, form);
    });
    try {
      const count = 20_000;
      const text = `a${"\u0301\u0323".repeat(count)}`;
      const ordered = `a${"\u0323".repeat(count)}${"\u0301".repeat(count)}`;
      expect(normalizeText(text, "NFD") === ordered).toBe(true);
      expect(long.map((given) => given === ordered)).toEqual([true]);
    } finally {
      spy.mockRestore();
    }
  });
});
