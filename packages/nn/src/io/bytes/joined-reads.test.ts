import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createByteSource, type ByteSource } from "./byte-source.ts";
import { joinedReads } from "./joined-reads.ts";
import { nodeFileSource } from "../node/node-file-source.ts";

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 2654435761) >>> 13);

/** A source over `content` that notes the runs it was asked for, and fails for those that reach the bytes from `bad` on. */
function noted(bad = Infinity): { source: ByteSource; runs: [number, number][] } {
  const runs: [number, number][] = [];
  const readRange = joinedReads(async (offset, stretches) => {
    const length = stretches.reduce((sum, stretch) => sum + stretch.length, 0);
    runs.push([offset, length]);
    if (offset + length > bad) throw new Error("torn");
    let at = offset;
    return stretches.map((stretch) => {
      const bytes = content.slice(at, (at += stretch.length));
      stretch.into?.set(bytes);
      return stretch.into?.subarray(0, stretch.length) ?? bytes;
    });
  });
  return { source: createByteSource({ name: "x", size: content.length, readRange }), runs };
}

test("neighbours that are asked for at once are one run, in whatever order; others are not", async () => {
  const { source, runs } = noted();
  const places = [
    [500, 100],
    [100, 400],
    [632, 8],
    [50_000, 10],
    [550, 20],
  ] as const;
  const into = new Uint8Array(400);
  const given = await Promise.all(
    places.map(([at, length]) => source.read(at, length, length === 400 ? into : undefined)),
  );
  given.forEach((bytes, n) => {
    const [at = 0, length = 0] = places[n] ?? [];
    expect(bytes).toEqual(content.slice(at, at + length));
  });
  expect(into).toEqual(content.slice(100, 500));
  expect(runs).toEqual([
    [100, 500],
    [550, 90],
    [50_000, 10],
  ]);
  await source.read(0, 10);
  await source.read(10, 10);
  expect(runs.slice(3)).toEqual([
    [0, 10],
    [10, 10],
  ]);
});

test("when a run fails, those whose own bytes are there come, and the others say why", async () => {
  const { source, runs } = noted(1000);
  const [whole, torn, last] = await Promise.allSettled([
    source.read(0, 900),
    source.read(900, 200),
    source.read(1100, 5),
  ]);
  expect(whole).toMatchObject({ status: "fulfilled", value: content.slice(0, 900) });
  expect(torn).toMatchObject({ reason: { message: "x: cannot read 200 bytes at 900 (torn)" } });
  expect(last).toMatchObject({ reason: { message: "x: cannot read 5 bytes at 1100 (torn)" } });
  expect(runs).toHaveLength(4);
});

test("of the runs no more are under way than there may be", async () => {
  let [underWay, most] = [0, 0];
  const readRange = joinedReads(async (offset, stretches) => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 1));
    underWay--;
    if (offset > 90_000) throw new Error("torn");
    return stretches.map(({ length }) => content.slice(offset, offset + length));
  }, 3);
  const places = Array.from({ length: 10 }, (_, n) => 10_000 * n);
  const given = await Promise.allSettled([...places, 100_000, 100_005].map((at) => readRange(at, 5)));
  expect(most).toBe(3);
  expect(given.map(({ status }) => status)).toEqual([...places.map(() => "fulfilled"), "rejected", "rejected"]);
});

describe("a local file", () => {
  let folder: string;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "joined-reads-"))));
  afterAll(() => rm(folder, { recursive: true }));

  test("gives each read its own bytes, into shared memory too", async () => {
    const path = join(folder, "file");
    await writeFile(path, content);
    const source = await nodeFileSource(path);
    const memory = new Uint8Array(new SharedArrayBuffer(content.length));
    const read = fc.record({ at: fc.nat(150_000), length: fc.nat(20_000), into: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(read, { maxLength: 12 }), async (reads) => {
        let room = 0;
        const places = reads.map(({ length, into }) => {
          if (!into || room + length > memory.length) return undefined;
          return memory.subarray(room, (room += length));
        });
        const given = await Promise.all(reads.map(({ at, length }, n) => source.read(at, length, places[n])));
        given.forEach((bytes, n) => {
          const { at = 0, length = 0 } = reads[n] ?? {};
          expect(Buffer.compare(bytes, content.subarray(at, at + length))).toBe(0);
          if (places[n] && length > 0) expect(bytes.buffer).toBe(memory.buffer);
        });
      }),
      { numRuns: 40, seed: 5 },
    );
    await source.close();
    await expect(source.read(0, 1)).rejects.toThrow("was closed");
  });
});
