import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ReadAhead, type ComingParts } from "./read-ahead.ts";
import type { ReadSlice } from "./slices-of.ts";

const MEGABYTE = 2 ** 20;

async function collect(parts: AsyncIterable<Uint8Array>): Promise<{ sizes: number[]; bytes: Uint8Array }> {
  const copies: Uint8Array[] = [];
  for await (const part of parts) copies.push(part.slice());
  const bytes = new Uint8Array(await new Blob(copies as BlobPart[]).arrayBuffer());
  return { sizes: copies.map(({ length }) => length), bytes };
}

/** Reads that end when they are told to, in the order in which they began. */
function delayed(): { read: (thing: string) => ReadSlice; begun: string[]; finish: () => Promise<void> } {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const read =
    (thing: string): ReadSlice =>
    async (begin, end, into) => {
      begun.push(`${thing}${begin / MEGABYTE}`);
      await new Promise<void>((resolve) => ends.push(resolve));
      return (into ?? new Uint8Array(end - begin)).fill(begun.length).subarray(0, end - begin);
    };
  const finish = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setTimeout(resolve));
  };
  return { read, begun, finish };
}

test("the parts of each thing in order are the thing, in whole units, whether the reader takes a room or not", async () => {
  const source = new Uint8Array(6 * MEGABYTE).map((_, i) => (i * 2654435761) >>> 13);
  const ahead = new ReadAhead();
  const thing = fc.record({ count: fc.nat(60), unit: fc.integer({ min: 1, max: 100_000 }), takes: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(thing, { minLength: 1, maxLength: 6 }), async (things) => {
      const asked = things.map(({ count, unit, takes }) => {
        const bytes = Math.min(count * unit, Math.floor(source.length / unit) * unit);
        const read: ReadSlice = async (begin, end, into) => {
          if (!takes || !into) return source.slice(begin, end);
          into.set(source.subarray(begin, end));
          return into.subarray(0, end - begin);
        };
        return { bytes, unit, parts: ahead.parts({ read, bytes, unit }) };
      });
      for (const { bytes, unit, parts } of asked) {
        const given = await collect(parts);
        expect(Buffer.compare(given.bytes, source.subarray(0, bytes))).toBe(0);
        expect(given.sizes.every((size) => size % unit === 0)).toBe(true);
      }
    }),
    { numRuns: 15, seed: 3 },
  );
});

describe("while one part is used", () => {
  test("the next ones are read, of this thing and of those behind it, as rooms are left", async () => {
    const { read, begun, finish } = delayed();
    const ahead = new ReadAhead();
    const ask = (name: string, megabytes: number): ComingParts =>
      ahead.parts({ read: read(name), bytes: megabytes * MEGABYTE, unit: MEGABYTE });
    const [a, b] = [ask("a", 3), ask("b", 1), ask("c", 1), ask("d", 40)];
    // Nobody has waited for anything yet.
    expect(begun).toEqual(["a0", "a2", "b0", "c0", "d0", "d2", "d4", "d6", "d8"]);
    for (let n = 0; n < 3; n++) await finish();
    expect((await collect(a)).sizes).toEqual([2 * MEGABYTE, MEGABYTE]);
    expect(begun).toHaveLength(9);
    expect((await collect(b)).sizes).toEqual([MEGABYTE]);
    expect(begun.slice(9)).toEqual(["d10", "d12"]);
  });

  test("no more than 16 MB are read ahead", async () => {
    let open = 0;
    const ahead = new ReadAhead();
    const read: ReadSlice = async (begin, end, into) => {
      open += end - begin;
      return (into ?? new Uint8Array(0)).subarray(0, end - begin);
    };
    const things = Array.from({ length: 40 }, () => ahead.parts({ read, bytes: MEGABYTE, unit: MEGABYTE }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(open).toBe(16 * MEGABYTE);
    const rooms = new Set<ArrayBufferLike>();
    for (const thing of things) for await (const part of thing) rooms.add(part.buffer);
    expect(open).toBe(40 * MEGABYTE);
    expect(rooms.size).toBe(4);
  });
});

test("a unit larger than all room, and things used in another order, come too", async () => {
  const ahead = new ReadAhead();
  const read: ReadSlice = async (begin, end, into) => (into ?? new Uint8Array(0)).subarray(0, end - begin);
  const ask = (megabytes: number, unit = 1): ComingParts =>
    ahead.parts({ read, bytes: megabytes * MEGABYTE, unit: unit * MEGABYTE });
  const [first, large, last] = [ask(20), ask(60, 30), ask(3)];
  expect((await collect(last)).bytes).toHaveLength(3 * MEGABYTE);
  expect((await collect(large)).sizes).toEqual([30 * MEGABYTE, 30 * MEGABYTE]);
  expect((await collect(first)).bytes).toHaveLength(20 * MEGABYTE);
});

describe("an end before all is used", () => {
  const failing: ReadSlice = async (begin, end, into) => {
    if (begin >= 4 * MEGABYTE) throw new Error("torn");
    return (into ?? new Uint8Array(0)).subarray(0, end - begin);
  };

  test("a failure, a break and a drop give their rooms to the things behind", async () => {
    const ahead = new ReadAhead();
    const ask = (): ComingParts => ahead.parts({ read: failing, bytes: 16 * MEGABYTE, unit: MEGABYTE });
    const [torn, left, dropped] = [ask(), ask(), ask()];
    const whole = ahead.parts({ read: failing, bytes: 4 * MEGABYTE, unit: MEGABYTE });
    await expect(collect(torn)).rejects.toThrow("torn");
    for await (const part of left) if (part.length > 0) break;
    await dropped.drop();
    expect((await collect(whole)).bytes).toHaveLength(4 * MEGABYTE);
  });

  test("an abort and `end` read nothing more; a drop waits for what is being read", async () => {
    const { read, begun, finish } = delayed();
    const stop = new AbortController();
    const ahead = new ReadAhead({ signal: stop.signal });
    const parts = ahead.parts({ read: read("a"), bytes: 40 * MEGABYTE, unit: MEGABYTE });
    expect(begun).toHaveLength(8);
    stop.abort(new Error("enough"));
    const refused = expect(collect(parts)).rejects.toThrow("enough");
    let over = false;
    void refused.then(() => (over = true));
    for (let n = 0; n < 8; n++) {
      expect(over).toBe(false);
      await finish();
    }
    await refused;
    expect(begun).toHaveLength(8);
    const ended = new ReadAhead();
    const other = ended.parts({ read: failing, bytes: MEGABYTE, unit: MEGABYTE });
    ended.end(new Error("abandoned"));
    await expect(collect(other)).rejects.toThrow("abandoned");
  });

  test("memory that somebody waits for is given back when nothing is in it, and taken again", async () => {
    const held: string[] = [];
    const memory = (bytes: number): { bytes: Uint8Array; release: () => void } => {
      held.push("taken");
      return { bytes: new Uint8Array(bytes), release: () => held.push("released") };
    };
    const ahead = new ReadAhead({ memory });
    const ask = (): ComingParts => ahead.parts({ read: failing, bytes: 4 * MEGABYTE, unit: MEGABYTE });
    const [one, two] = [ask(), ask()];
    await collect(one);
    expect(held).not.toContain("released");
    await collect(two);
    expect(held).toEqual(["taken", "taken", "released", "released"]);
    await collect(ask());
    expect(held.filter((event) => event === "taken")).toHaveLength(3);
    await ahead.parts({ read: failing, bytes: 6 * MEGABYTE, unit: MEGABYTE }).drop();
    expect(held.filter((event) => event === "taken")).toHaveLength(held.length / 2);
  });
});
