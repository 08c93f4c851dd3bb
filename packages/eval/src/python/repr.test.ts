import { expect, test } from "vitest";
import { expectedFiles } from "../../test/helpers/expected-files.ts";
import { pythonRepr, pythonStr } from "./repr.ts";

test.each(expectedFiles.targets)("str(%j)", (target, expected) => expect(pythonStr(target)).toBe(expected));

test("None, booleans and floats", () =>
  expect(pythonRepr([null, true, false, 0.5, 1e-7, -0])).toBe("[None, True, False, 0.5, 1e-07, 0]"));
