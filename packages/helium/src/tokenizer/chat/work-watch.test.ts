import { afterEach, expect, it, vi } from "vitest";
import { WorkWatch } from "./work-watch.ts";

/** What the clocks show: milliseconds of the wall, and microseconds of the processor. */
let [wall, cpu] = [0, 0];
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

it.each<[string, object | undefined]>([
  ["the thread", { threadCpuUsage: () => ({ user: cpu, system: 1000 }), cpuUsage: () => ({ user: 1e9, system: 1e9 }) }],
  ["the process, in Node 20", { cpuUsage: () => ({ user: 1000, system: cpu }) }],
])("time in which others had the core is not the work's, by the clock of %s", (_, process) => {
  vi.stubGlobal("process", process);
  vi.spyOn(performance, "now").mockImplementation(() => wall);
  [wall, cpu] = [5000, 700_000];
  const watch = new WorkWatch();
  wall += 60_000;
  expect(watch.isOver(800)).toBe(false);
  cpu += 800_000;
  expect(watch.isOver(800)).toBe(false);
  cpu += 1000;
  expect(watch.isOver(800)).toBe(true);
});

it("a page has the clock on the wall alone", () => {
  vi.stubGlobal("process", undefined);
  vi.spyOn(performance, "now").mockImplementation(() => wall);
  const watch = new WorkWatch();
  wall += 800;
  expect(watch.isOver(800)).toBe(false);
  wall += 1;
  expect(watch.isOver(800)).toBe(true);
});
