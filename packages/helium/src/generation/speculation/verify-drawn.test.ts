import { describe, expect, test } from "vitest";
import { verifyDrawn } from "./verify-drawn.ts";

const of = (...numbers: number[]): { uniform: () => number } => ({ uniform: () => numbers.shift()! });
const p = Float64Array.of(0.5, 0.3, 0.2, 0);
const q = Float64Array.of(0.25, 0.6, 0.1, 0.05);

describe("a token of a draft model", () => {
  test("stays with probability min(1, p/q)", () => {
    for (const token of [0, 2]) expect(verifyDrawn(p, q, token, of(0.999_999))).toBe(token);
    expect(verifyDrawn(p, q, 1, of(0.499))).toBe(1);
    expect(verifyDrawn(p, q, 1, of(0.501, 0))).toBe(0);
    expect(verifyDrawn(p, q, 3, of(0, 0))).toBe(0);
  });

  test("else one is drawn from max(0, p − q), normalised", () => {
    // 0.25 and 0.1 are left of tokens 0 and 2.
    expect(verifyDrawn(p, q, 1, of(0.9, 0.25 / 0.35 - 1e-9))).toBe(0);
    expect(verifyDrawn(p, q, 1, of(0.9, 0.25 / 0.35 + 1e-9))).toBe(2);
    expect(verifyDrawn(p, q, 1, of(0.9, 1 - 2 ** -53))).toBe(2);
  });

  test("is drawn from p where rounding left nothing else", () => {
    const above = Float64Array.of(0.5, 0.5 + 1e-16, 0.5, 0);
    expect(verifyDrawn(Float64Array.of(0.5, 0.5, 0, 0), above, 2, of(0.3, 0.7))).toBe(1);
  });

  test("the tokens that result have the distribution p", () => {
    // ∫ over both uniforms: what stays, and the rest by its share.
    const kept = p.map((pi, i) => Math.min(pi, q[i]!));
    const rest = 1 - kept.reduce((sum, x) => sum + x, 0);
    const left = p.map((pi, i) => Math.max(0, pi - q[i]!));
    const steps = 2000;
    const measured = new Float64Array(4);
    for (let token = 0; token < 4; token++)
      for (let u = 0; u < steps; u++)
        for (const v of [0.1, 0.3, 0.5, 0.7, 0.9])
          measured[verifyDrawn(p, q, token, of((u + 0.5) / steps, v))]! += q[token]! / steps / 5;
    measured.forEach((share, i) =>
      expect(share).toBeCloseTo(kept[i]! + left[i]! * (i === 0 ? (rest / 0.35) * 1.12 : 0.7), 2),
    );
    expect(rest).toBeCloseTo(0.35, 12);
  });
});
