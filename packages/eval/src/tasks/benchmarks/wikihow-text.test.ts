import { describe, expect, it } from "vitest";
import { expectedOf } from "../../testing/synthetic-items.ts";
import { withoutWikihowMarks } from "./wikihow-text.ts";

describe("withoutWikihowMarks", () => {
  it.each([
    ["[header] How to bake [title] Heat the oven. [step] Wait.", " How to bake. Heat the oven. Wait."],
    ["  a  b   c    d ", "a b  c  d"],
    ["open [never closed", "open [never closed"],
    ["two\nlines [one\ntwo] stay", "two\nlines [one\ntwo] stay"],
    ["line [one\u2028two] goes", "line goes"],
    ["[substeps]", ""],
  ])("makes %j into %j", (text, expected) => expect(withoutWikihowMarks(text)).toBe(expected));

  it("makes of any text what the harness makes of it", () => {
    const { texts } = expectedOf("prompt-parts") as { readonly texts: readonly (readonly [string, string])[] };
    expect(texts.map(([text]) => withoutWikihowMarks(text))).toEqual(texts.map(([, expected]) => expected));
  });
});
