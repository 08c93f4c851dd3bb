import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { equalDigests, hex, sha256 } from "./sha256.ts";

it("is what Node's crypto says, and equal digests are those of equal texts", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (a, b) => {
      expect(hex(await sha256(a))).toBe(createHash("sha256").update(a).digest("hex"));
      expect(equalDigests(await sha256(a), await sha256(b))).toBe(a === b);
    }),
    { seed: 1 },
  );
});
