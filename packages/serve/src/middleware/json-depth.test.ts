import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonDepth } from "./json-depth.ts";

const depthOf = (value: unknown): number =>
  typeof value !== "object" || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depthOf));

it("is the depth of the value, whatever its strings hold", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 2), (value, indent) => {
      expect(jsonDepth(JSON.stringify(value, null, indent))).toBe(depthOf(value));
    }),
    { seed: 1 },
  );
  expect(jsonDepth(JSON.stringify({ a: ['[[[{"', "\\", '\\"[', "]]"] }))).toBe(2);
});
