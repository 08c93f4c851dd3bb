import { describe, expect, it } from "vitest";
import { ChatTemplateError } from "../../errors.ts";
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

  // Python: ValueError "range() arg 3 must not be zero", and TypeError for what is not an integer.
  it.each([
    ["range(4, 4, 0)", "calls range(4, 4, 0), but the step of a range must not be zero; fix the template"],
    ["range(1, 5, 0)", "calls range(1, 5, 0), but the step of a range must not be zero; fix the template"],
    ["range(1.5)", "calls range(1.5); range takes one to three integers, so fix the template"],
    ["range('3')", 'calls range("3"); range takes one to three integers, so fix the template'],
    ["range(0, none)", "calls range(0, undefined); range takes one to three integers, so fix the template"],
    ["range(0, absent)", "calls range(0, undefined); range takes one to three integers, so fix the template"],
    ["range()", "calls range(); range takes one to three integers, so fix the template"],
    ["range(1, 2, 3, 4)", "calls range(1, 2, 3, 4); range takes one to three integers, so fix the template"],
  ])("%s is refused", (call, problem) => {
    const render = (): string => renderTemplate(`{{ ${call}|join(',') }}`, {}, new Date(0));
    expect(render).toThrow(ChatTemplateError);
    expect(render).toThrow(`chat template: ${problem}`);
  });
});
