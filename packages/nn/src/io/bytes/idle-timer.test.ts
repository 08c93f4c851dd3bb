import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IdleTimer } from "./idle-timer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a request is given up when nothing comes for so long, however much came before", () => {
  const idle = new IdleTimer(800, undefined);
  for (let i = 0; i < 5; i++) {
    vi.advanceTimersByTime(790);
    idle.touch();
  }
  vi.advanceTimersByTime(790);
  expect(idle.signal.aborted).toBe(false);
  vi.advanceTimersByTime(120);
  expect(idle.signal.reason).toEqual(new Error("no data for 0.8 s"));
  expect(vi.getTimerCount()).toBe(0);
});

test("a process that was stopped for longer than that looks at what came meanwhile first", () => {
  const idle = new IdleTimer(800, undefined);
  vi.advanceTimersByTime(500);
  // The clock goes on, and no timer fires: all that are due fire once, before what came is read.
  vi.setSystemTime(Date.now() + 60_000);
  vi.advanceTimersToNextTimer();
  expect(idle.signal.aborted).toBe(false);
  idle.touch();
  vi.advanceTimersByTime(790);
  expect(idle.signal.aborted).toBe(false);
  idle.cancel();
  expect(vi.getTimerCount()).toBe(0);
});

test("the caller's signal ends it with its reason, before or meanwhile; one that has ended listens no more", () => {
  const reason = new RangeError("enough");
  expect(new IdleTimer(800, AbortSignal.abort(reason)).signal.reason).toBe(reason);
  const controller = new AbortController();
  const [running, ended] = [new IdleTimer(800, controller.signal), new IdleTimer(800, controller.signal)];
  ended.end();
  controller.abort(reason);
  expect(running.signal.reason).toBe(reason);
  expect(ended.signal.aborted).toBe(false);
});
