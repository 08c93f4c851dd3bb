import { expect, test } from "vitest";
import { nextChunkSize } from "./event-loop.ts";

test("a chunk fills 25 ms on the thread of the event loop, and grows fourfold at most", () => {
  expect(nextChunkSize(16, 10, false)).toBe(40);
  expect(nextChunkSize(16, 1, false)).toBe(64);
  expect(nextChunkSize(16, 0, false)).toBe(64);
  expect(nextChunkSize(512, 100, false)).toBe(128);
  expect(nextChunkSize(1, 1000, false)).toBe(1);
  expect(nextChunkSize(512, 1, false)).toBe(512);
});

test("on a device it fills 250 ms, and a prompt that comes behind slow passes of one token is not read token by token", () => {
  expect(nextChunkSize(16, 100, true)).toBe(40);
  expect(nextChunkSize(1, 100, true)).toBe(16);
  expect(nextChunkSize(1, 10_000, true)).toBe(16);
  expect(nextChunkSize(64, 10, true)).toBe(256);
  expect(nextChunkSize(512, 10, true)).toBe(512);
});
