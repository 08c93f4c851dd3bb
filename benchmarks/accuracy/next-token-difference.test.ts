import { expect, it } from "vitest";
import { nextTokenDifference } from "./next-token-difference.ts";

it("compares distributions place by place", () => {
  // p: (½, ½) and (¾, ¼); q: (½, ½) and (¼, ¾); q's logits of the first place are shifted.
  const p = Float32Array.of(0, 0, Math.log(3), 0);
  const q = Float32Array.of(5, 5, 0, Math.log(3));
  const { tokens, meanKl, worstKl, logits, sameFirst, widestLead, perplexity } = nextTokenDifference(p, q, [0, 1]);
  expect(tokens).toBe(2);
  // ¾·ln 3 − ¼·ln 3
  expect(worstKl).toBeCloseTo(Math.log(3) / 2, 6);
  expect(meanKl).toBeCloseTo(Math.log(3) / 4, 6);
  expect(logits).toBe(5);
  expect(sameFirst).toBe(0.5);
  expect(widestLead).toBeCloseTo(Math.log(3), 6);
  // Only the first place has a next token.
  expect(perplexity[0]).toBeCloseTo(2, 6);
  expect(perplexity[1]).toBeCloseTo(2, 6);
});
