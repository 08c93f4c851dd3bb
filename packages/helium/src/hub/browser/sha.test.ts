import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSha } from "./sha.ts";

describe.each(["sha1", "sha256"] as const)("%s", (algorithm) => {
  it("is what Node computes, for any cut into pieces", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
    fc.assert(
      fc.property(pieces, (chunks) => {
        const ours = createSha(algorithm);
        const theirs = createHash(algorithm);
        for (const chunk of chunks) {
          ours.update(chunk);
          theirs.update(chunk);
        }
        expect(ours.finish()).toBe(theirs.digest("hex"));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it.each([0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128])("is what Node computes for %d bytes", (length) => {
    const bytes = Uint8Array.from({ length }, (_, i) => i);
    const digest = createSha(algorithm);
    digest.update(bytes);
    expect(digest.finish()).toBe(createHash(algorithm).update(bytes).digest("hex"));
  });
});
