import { expect, test } from "vitest";
import { exactJson, parseExactJson } from "./exact-json.ts";

test("numbers that JSON has no way to write come back", () => {
  const value = { logprob: -Infinity, all: [1.5, NaN, Infinity, "NaN", null], text: "-Infinity" };
  expect(parseExactJson(exactJson(value))).toEqual(value);
  expect(JSON.parse(exactJson({ a: 1, b: "x" }))).toEqual({ a: 1, b: "x" });
});
