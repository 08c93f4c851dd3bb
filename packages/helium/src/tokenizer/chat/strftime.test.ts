import { expect, test } from "vitest";
import { strftime } from "./strftime.ts";

/** What Python's `datetime.strftime("%H %I %p")` writes. */
test.each([
  [0, "00 12 AM"],
  [1, "01 01 AM"],
  [11, "11 11 AM"],
  [12, "12 12 PM"],
  [13, "13 01 PM"],
  [23, "23 11 PM"],
])("hour %i of the day is %s", (hour, text) => {
  expect(strftime(new Date(2026, 6, 1, hour), "%H %I %p")).toBe(text);
});
