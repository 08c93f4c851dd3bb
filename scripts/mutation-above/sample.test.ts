import { describe, expect, it } from "vitest";
import { areas } from "../mutants/above/index.ts";
import { onceMissed } from "../mutants/above/once-missed.ts";
import { sampleOf } from "./sample.ts";

const ids = Array.from({ length: 40 }, (_, i) => `bug ${i}`);
const none: ReadonlySet<string> = new Set();

describe("samples of planted bugs", () => {
  it("are the same in any order, and a larger one has all of a smaller one", () => {
    const small = sampleOf(ids, { perArea: 5, seed: 1 }, none);
    expect(sampleOf(ids.toReversed(), { perArea: 5, seed: 1 }, none)).toEqual(small);
    expect(sampleOf(ids, { perArea: 20, seed: 1 }, none).slice(0, 5)).toEqual(small);
    expect(sampleOf(ids, { perArea: 5, seed: 2 }, none)).not.toEqual(small);
    expect(small.length).toBe(5);
  });

  it("lose one place at most to a new bug", () => {
    const before = sampleOf(ids, { perArea: 10, seed: 1 }, none);
    const after = sampleOf(["a new one", ...ids], { perArea: 10, seed: 1 }, none);
    expect(before.filter((id) => !after.includes(id)).length).toBeLessThanOrEqual(1);
  });

  it("always have the bugs that the tests once let through, each of which is listed", () => {
    expect(sampleOf(ids, { perArea: 0, seed: 1 }, new Set(["bug 7"]))).toEqual(["bug 7"]);
    expect(sampleOf(ids, { perArea: 40, seed: 1 }, new Set(["bug 7"]))[0]).toBe("bug 7");
    const listed = areas.flatMap(({ bugs }) => bugs.map(({ id }) => id));
    expect([...onceMissed].filter((id) => !listed.includes(id))).toEqual([]);
  });
});
