import fc from "fast-check";
import { expect, test } from "vitest";
import { PartBuffers, readParts } from "./read-parts.ts";

const MEGABYTE = 2 ** 20;

async function collect(parts: AsyncIterable<Uint8Array>): Promise<{ sizes: number[]; bytes: Uint8Array }> {
  const copies: Uint8Array[] = [];
  for await (const part of parts) copies.push(part.slice());
  const bytes = new Uint8Array(await new Blob(copies as BlobPart[]).arrayBuffer());
  return { sizes: copies.map(({ length }) => length), bytes };
}

test("the parts in order are the tensor; each holds whole units, whether the reader takes a buffer or not", async () => {
  const source = new Uint8Array(10 * MEGABYTE).map((_, i) => (i * 2654435761) >>> 13);
  const buffers = new PartBuffers();
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 200_000 }), fc.boolean(), async (count, unit, takes) => {
      const bytes = Math.min(count * unit, Math.floor(source.length / unit) * unit);
      const read = async (begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> => {
        if (!takes || !into) return source.slice(begin, end);
        into.set(source.subarray(begin, end));
        return into.subarray(0, end - begin);
      };
      const read_ = await collect(readParts({ read, bytes, unit, buffers }));
      expect(Buffer.compare(read_.bytes, source.subarray(0, bytes))).toBe(0);
      expect(read_.sizes.every((size) => size % unit === 0)).toBe(true);
    }),
    { numRuns: 20, seed: 3 },
  );
});

test("the next part is asked for before the last one is used, into another buffer", async () => {
  const events: string[] = [];
  const read = async (begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> => {
    events.push(`read ${begin / MEGABYTE}`);
    return (into ?? new Uint8Array(end - begin)).subarray(0, end - begin);
  };
  const seen = new Set<ArrayBufferLike>();
  for await (const part of readParts({ read, bytes: 12 * MEGABYTE, unit: MEGABYTE, buffers: new PartBuffers() })) {
    events.push(`use ${part.length / MEGABYTE}`);
    seen.add(part.buffer);
  }
  expect(events).toEqual(["read 0", "read 4", "use 4", "read 8", "use 4", "use 4"]);
  expect(seen.size).toBe(2);
});

test("buffers come back after the end, a failure and a break, and serve the next tensor", async () => {
  const buffers = new PartBuffers();
  const given = new Set<Uint8Array | undefined>();
  const run = (failAt: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> =>
    readParts({
      read: async (begin, end, into) => {
        given.add(into);
        if (begin >= failAt) throw new Error("torn");
        return (into ?? new Uint8Array(0)).subarray(0, end - begin);
      },
      ...{ bytes: 16 * MEGABYTE, unit: MEGABYTE, buffers, signal },
    });
  await collect(run(Infinity));
  await expect(collect(run(8 * MEGABYTE))).rejects.toThrow("torn");
  for await (const part of run(Infinity)) if (part.length > 0) break;
  await expect(collect(run(Infinity, AbortSignal.abort(new Error("enough"))))).rejects.toThrow("enough");
  expect(given.size).toBe(2);
});
