import { expect, it } from "vitest";
import { ProgressLine, type ProgressSetup } from "./progress-line.ts";

/** What a line writes while its clock is turned by hand. */
function lineAt(isTTY: boolean, setup: Partial<ProgressSetup> = {}) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stderr = { isTTY, write: (text: string) => written.push(text) };
  const line = new ProgressLine({ stderr }, { label: "loading", now: () => clock.ms, ...setup });
  return {
    line,
    written,
    at: (ms: number, done: number, total: number): string | undefined => {
      clock.ms = ms;
      const before = written.length;
      line.show(done, total);
      return written.length > before ? written.at(-1) : undefined;
    },
  };
}

it("shows bytes, rate and time left on a terminal, from half a second on", () => {
  const { at } = lineAt(true);
  expect(at(499, 10e6, 100e6)).toBeUndefined();
  expect(at(500, 10e6, 100e6)).toBe("\rloading 10.0 %, 10.0 MB of 100.0 MB · 20.0 MB/s · 4.5 s left\u001b[K");
  expect(at(1000, 1e9, 4e9)).toBe("\rloading 25.0 %, 1.0 GB of 4.0 GB · 1.0 GB/s · 3.0 s left\u001b[K");
  expect(at(10_000, 1e9, 100e9)).toMatch(/100\.0 MB\/s · 16 min 30 s left/);
});

it("writes at most ten times a second", () => {
  const { at } = lineAt(true);
  const shown = Array.from({ length: 1000 }, (_, i) => at(1000 + i, i, 1000)).filter((text) => text !== undefined);
  expect(shown).toHaveLength(10);
});

it("ends at the total, without bytes, and names no time before anything is done", () => {
  const { at } = lineAt(true);
  expect(at(1000, 0, 100)).toBe("\rloading 0.0 %, 0 B of 100 B · 0 B/s\u001b[K");
  expect(at(2000, 150, 100)).toMatch(/100\.0 %, 100 B of 100 B · 75 B\/s · 0\.0 s left/);
  expect(at(3000, 0, 0)).toMatch(/100\.0 %, 0 B of 0 B/);
});

it("is removed once, if it was there", () => {
  const { at, line, written } = lineAt(true);
  line.clear();
  expect(written).toEqual([]);
  at(600, 1, 2);
  line.clear();
  line.clear();
  expect(written.slice(1)).toEqual(["\r\u001b[K"]);
});

it.each([
  ["no terminal", false, {}],
  ["quiet", true, { quiet: true }],
] as const)("writes nothing: %s", (_, isTTY, setup) => {
  const { at, line, written } = lineAt(isTTY, setup);
  at(5000, 1, 2);
  line.clear();
  expect(written).toEqual([]);
});
