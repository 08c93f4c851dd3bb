import { expect, it } from "vitest";
import { fallbackNote } from "./fallback-note.ts";

it("says nothing without fallbacks", () => {
  expect(fallbackNote()).toBeNull();
  expect(fallbackNote([])).toBeNull();
});

it("counts them by what was used, and names the first", () => {
  expect(fallbackNote([{ path: "a.weight", wanted: "q4_K", used: "q5_0" }])).toBe(
    "rows that do not fill blocks of q4_K: kept 1 as q5_0 (a.weight)",
  );
  expect(
    fallbackNote([
      { path: "a.weight", wanted: "q4_K", used: "q5_0" },
      { path: "b.weight", wanted: "q6_K", used: "bf16" },
      { path: "c.weight", wanted: "q4_K", used: "q5_0" },
    ]),
  ).toBe("rows that do not fill blocks of q4_K, q6_K: kept 2 as q5_0, 1 as bf16 (a.weight, … 3 in all)");
});
