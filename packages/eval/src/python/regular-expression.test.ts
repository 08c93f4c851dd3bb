import { expect, test } from "vitest";
import { pythonCases } from "../../test/helpers/python-cases.ts";
import { EvalError } from "../errors.ts";
import { pythonRegExp } from "./regular-expression.ts";

test.each(pythonCases.patterns)("$source finds what it finds in Python", ({ source, matches, without }) => {
  const pattern = pythonRegExp(source);
  pythonCases.patternTexts.forEach((text, index) => {
    expect([text, [...text.matchAll(pattern)].map(([match]) => match)]).toEqual([text, matches[index]]);
    expect(text.replace(pattern, "_")).toBe(without[index]);
  });
});

test("refuses what it does not translate", () => {
  expect(() => pythonRegExp(String.raw`[\S]`)).toThrow(EvalError);
  expect(() => pythonRegExp(String.raw`a\B`)).toThrow(EvalError);
});
