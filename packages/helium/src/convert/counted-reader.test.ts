import type { CheckpointReader } from "@helium-lm/nn";
import { expect, it } from "vitest";
import { countedReader } from "./counted-reader.ts";

const sizes: Readonly<Record<string, number>> = { a: 10, b: 30 };

const memoryReader = (): CheckpointReader => ({
  names: () => Object.keys(sizes),
  has: (name) => name in sizes,
  info: (name) => ({ name, dtype: "u8", shape: [sizes[name] ?? 0], storedBytes: sizes[name] ?? 0 }),
  readBytes: async (name) => new Uint8Array(sizes[name] ?? 0),
  close: async () => undefined,
});

it("tells the bytes read so far of all", async () => {
  const heard: [number, number][] = [];
  const reader = countedReader(memoryReader(), (read, total) => heard.push([read, total]));
  expect(await reader.readBytes("b")).toHaveLength(30);
  await reader.readBytes("a");
  expect(heard).toEqual([
    [30, 40],
    [40, 40],
  ]);
  expect([reader.names(), reader.has("c"), reader.info("a").storedBytes]).toEqual([["a", "b"], false, 10]);
});

it("reads no more once the signal is aborted", async () => {
  const controller = new AbortController();
  const reader = countedReader(memoryReader(), () => controller.abort(new Error("enough")), controller.signal);
  await reader.readBytes("a");
  await expect(reader.readBytes("b")).rejects.toThrow("enough");
});
