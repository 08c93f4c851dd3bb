import fc from "fast-check";
import { expect, test } from "vitest";
import { pythonCases } from "../../test/helpers/python-cases.ts";
import { EvalError } from "../errors.ts";
import { PythonFloat, pythonFloat, pythonJson } from "./json.ts";

test.each(pythonCases.documents)("writes $document as Python does", ({ document, json }) => {
  expect(pythonJson(document)).toBe(json);
});

test("what it writes is read again", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(pythonJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 20261129 },
  );
});

test("bigints are whole numbers, absent members are left out, and lone surrogates stay", () => {
  expect(pythonJson({ id: 2n ** 64n, absent: undefined })).toBe('{\n  "id": 18446744073709551616\n}');
  expect(pythonJson("\ud800\\ud800")).toBe('"\ud800\\\\ud800"');
  expect(pythonJson([NaN, Infinity, -Infinity])).toBe("[\n  NaN,\n  Infinity,\n  -Infinity\n]");
  expect(() => pythonJson(() => 0)).toThrow(EvalError);
});

test("floats that are whole numbers, and all in one line", () => {
  const value = { a: new PythonFloat(1), b: [1, new PythonFloat(NaN)], c: {}, d: new PythonFloat(-2.5e-7) };
  expect(pythonJson(value, { indent: null })).toBe('{"a": 1.0, "b": [1, NaN], "c": {}, "d": -2.5e-07}');
  expect([3, -0, 1e22, -29.1, NaN, -Infinity].map(pythonFloat)).toEqual([
    "3.0",
    "-0.0",
    "1e+22",
    "-29.1",
    "nan",
    "-inf",
  ]);
});
