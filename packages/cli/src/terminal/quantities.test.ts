import { expect, it } from "vitest";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from "./quantities.ts";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [15_938_088, "15.9 MB"],
  [4.35e9, "4.3 GB"],
  [2e15, "2000.0 TB"],
])("formats %d bytes", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it("formats counts, shares and numbers", () => {
  expect(formatCount(7_965_952)).toBe("7,965,952");
  expect([1, 0.9712, 0.0004].map(formatShare)).toEqual(["100.0 %", " 97.1 %", "  0.0 %"]);
  expect([1234.5, 12.345, 0.012345, -3.14159].map(formatNumber)).toEqual(["1235", "12.3", "0.0123", "-3.14"]);
});

it.each([
  [0, "0.0 s"],
  [9.94, "9.9 s"],
  [9.96, "10 s"],
  [59.6, "1 min 00 s"],
  [185, "3 min 05 s"],
  [7800, "2 h 10 min"],
])("formats %d seconds", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
