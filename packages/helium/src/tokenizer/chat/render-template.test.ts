import { describe, expect, it } from "vitest";
import { renderTemplate } from "./render-template.ts";

describe("range in a template", () => {
  // `list(range(…))` of Python, which templates in transformers get.
  it.each([
    ["range(3)", "0,1,2"],
    ["range(2, 5)", "2,3,4"],
    ["range(2, 11, 3)", "2,5,8"],
    ["range(2, 12, 3)", "2,5,8,11"],
    ["range(5, 0, -2)", "5,3,1"],
    ["range(4, 4)", ""],
    ["range(0, 10, -1)", ""],
  ])("%s is %s", (call, numbers) => {
    expect(renderTemplate(`{{ ${call}|join(',') }}`, {}, new Date(0))).toBe(numbers);
  });
});
