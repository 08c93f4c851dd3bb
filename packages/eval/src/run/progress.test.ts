import { expect, test } from "vitest";
import { ProgressMeter } from "./progress.ts";

test("the time left is that of the work left, at the pace of what was computed now", () => {
  let now = 0;
  const meter = new ProgressMeter(4, 400, () => now);
  expect(meter.progress).toEqual({ done: 0, total: 4, reused: 0, secondsLeft: null });
  meter.reuse(100);
  expect(meter.progress.secondsLeft).toBeNull();
  now = 10_000;
  meter.add(200);
  expect(meter.progress).toEqual({ done: 2, total: 4, reused: 1, secondsLeft: 5 });
  meter.add(50);
  meter.add(50);
  expect(meter.progress.secondsLeft).toBe(0);
});
