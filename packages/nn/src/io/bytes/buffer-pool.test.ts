import { describe, expect, it } from "vitest";
import { BufferPool, type PooledBuffer } from "./buffer-pool.ts";

/** Bytes of a slab, and slabs at most. */
const [SLAB, MOST] = [2 ** 22, 4];

const placeOf = ({ bytes }: PooledBuffer): number => bytes.byteOffset;

describe("buffers for parts", () => {
  it("lie side by side in one slab, each where any element type may begin", () => {
    const buffers = new BufferPool();
    const [a, b, c] = [buffers.take(100)!, buffers.take(1)!, buffers.take(64)!];
    expect([a, b, c].map(placeOf)).toEqual([0, 128, 192]);
    expect([a, b, c].map(({ bytes }) => bytes.length)).toEqual([100, 1, 64]);
    expect(b.bytes.buffer).toBe(a.bytes.buffer);
    expect(c.bytes.buffer).toBe(a.bytes.buffer);
  });

  it("begin anew in a slab once all have left it, and not before", () => {
    const buffers = new BufferPool();
    const [a, b] = [buffers.take(64)!, buffers.take(64)!];
    a.leave();
    expect(placeOf(buffers.take(64)!)).toBe(128);
    b.leave();
    const inUse = buffers.take(64)!;
    expect(placeOf(inUse)).toBe(192);
  });

  it("fill a slab to its last byte, and take four slabs at most", () => {
    const buffers = new BufferPool();
    const taken = Array.from({ length: MOST }, () => buffers.take(SLAB));
    expect(new Set(taken.map((buffer) => buffer?.bytes.buffer)).size).toBe(MOST);
    expect(buffers.take(1)).toBeNull();
    taken[2]?.leave();
    expect(buffers.take(1)?.bytes.buffer).toBe(taken[2]?.bytes.buffer);
  });

  it("larger than a slab are given alone", () => {
    const buffers = new BufferPool();
    const small = buffers.take(1)!;
    expect(buffers.take(SLAB + 1)).toBeNull();
    small.leave();
    const large = buffers.take(SLAB + 1)!;
    expect(large.bytes.length).toBe(SLAB + 1);
    expect(buffers.take(1)).toBeNull();
    large.leave();
    expect(buffers.take(1)).not.toBeNull();
  });

  it("give back memory that somebody waits for when nothing is in it", () => {
    let given = 0;
    const memory = (bytes: number) => {
      given++;
      return { bytes: new Uint8Array(bytes), release: () => given-- };
    };
    const buffers = new BufferPool(memory);
    const buffer = buffers.take(10)!;
    buffers.release();
    expect(given).toBe(1);
    buffer.leave();
    buffers.release();
    expect(given).toBe(0);
    expect(buffers.take(10)).not.toBeNull();
    expect(given).toBe(1);
  });
});
