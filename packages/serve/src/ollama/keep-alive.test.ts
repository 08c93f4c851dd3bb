import { expect, test } from "vitest";
import { keepAliveField, keepAliveMs } from "./keep-alive.ts";

// What Go's time.ParseDuration makes of the same, which Ollama reads it by.
test.each([
  [null, null],
  [0, 0],
  ["0", 0],
  ["0s", 0],
  [300, 300_000],
  [0.5, 500],
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["250ms", 250],
  [".5s", 500],
  [-1, Infinity],
  ["-1m", Infinity],
])("%j is %j ms", (given, ms) => {
  expect(keepAliveField.safeParse(given).success).toBe(true);
  expect(keepAliveMs(given)).toBe(ms);
});

test.each(["5", "m", "5 m", "five minutes", "5d", "-1"])("%j is no duration", (given) => {
  expect(keepAliveField.safeParse(given).success).toBe(false);
});
