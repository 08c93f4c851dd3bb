import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lookUp } from "./look-up.ts";

describe("prompt lookup", () => {
  test.each([
    ["the longest tail first", [1, 2, 3, 9, 2, 7, 1, 2], 3, 2, [3, 9], 2],
    ["then a shorter one", [5, 2, 3, 9, 1, 2], 3, 4, [3, 9, 1, 2], 1],
    ["the first occurrence", [2, 3, 2, 4, 2], 1, 1, [3], 1],
    ["a tail that overlaps itself", [4, 4, 4], 2, 3, [4], 2],
  ] as const)("finds %s", (_, ids, longest, most, tokens, size) => {
    expect(lookUp(ids, longest, most)).toEqual({ tokens, size });
  });

  test.each([
    ["nothing occurs twice", [1, 2, 3], 2, 4],
    ["there is one token", [1], 2, 4],
    ["there is no room", [1, 1], 2, 0],
  ] as const)("finds nothing where %s", (_, ids, longest, most) => {
    expect(lookUp(ids, longest, most)).toBeNull();
  });

  test("what it finds stands behind an earlier occurrence of the end", () => {
    const ids = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), (text, longest, most) => {
        const match = lookUp(text, longest, most);
        // A text of letters is searched by the language itself.
        const all = text.join("");
        const sizes = Array.from({ length: Math.min(longest, all.length - 1) }, (_, n) => n + 1);
        const size = sizes.findLast((n) => all.slice(0, -1).includes(all.slice(-n)));
        expect(match?.size).toBe(size);
        if (size === undefined) return;
        const at = all.indexOf(all.slice(-size)) + size;
        expect(match?.tokens.join("")).toBe(all.slice(at, at + most));
      }),
      { seed: 20261129 },
    );
  });
});
