import fc from "fast-check";
import { expect, test } from "vitest";
import { utf8Bytes } from "./utf8-bytes.ts";

test("utf8Bytes gives what TextEncoder gives", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (text) => {
      expect([...utf8Bytes(text)]).toEqual([...new TextEncoder().encode(text)]);
    }),
    { numRuns: 300, seed: 15 },
  );
});
