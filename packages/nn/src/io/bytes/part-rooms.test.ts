import { describe, expect, it } from "vitest";
import { PartRooms, type PartRoom } from "./part-rooms.ts";

/** Bytes of a slab, and slabs at most. */
const [SLAB, MOST] = [2 ** 22, 4];

const placeOf = ({ bytes }: PartRoom): number => bytes.byteOffset;

describe("rooms for parts", () => {
  it("lie side by side in one slab, each where any element type may begin", () => {
    const rooms = new PartRooms();
    const [a, b, c] = [rooms.take(100)!, rooms.take(1)!, rooms.take(64)!];
    expect([a, b, c].map(placeOf)).toEqual([0, 128, 192]);
    expect([a, b, c].map(({ bytes }) => bytes.length)).toEqual([100, 1, 64]);
    expect(b.bytes.buffer).toBe(a.bytes.buffer);
    expect(c.bytes.buffer).toBe(a.bytes.buffer);
  });

  it("begin anew in a slab once all have left it, and not before", () => {
    const rooms = new PartRooms();
    const [a, b] = [rooms.take(64)!, rooms.take(64)!];
    a.leave();
    expect(placeOf(rooms.take(64)!)).toBe(128);
    b.leave();
    const inUse = rooms.take(64)!;
    expect(placeOf(inUse)).toBe(192);
  });

  it("fill a slab to its last byte, and take four slabs at most", () => {
    const rooms = new PartRooms();
    const taken = Array.from({ length: MOST }, () => rooms.take(SLAB));
    expect(new Set(taken.map((room) => room?.bytes.buffer)).size).toBe(MOST);
    expect(rooms.take(1)).toBeNull();
    taken[2]?.leave();
    expect(rooms.take(1)?.bytes.buffer).toBe(taken[2]?.bytes.buffer);
  });

  it("larger than a slab are given alone", () => {
    const rooms = new PartRooms();
    const small = rooms.take(1)!;
    expect(rooms.take(SLAB + 1)).toBeNull();
    small.leave();
    const large = rooms.take(SLAB + 1)!;
    expect(large.bytes.length).toBe(SLAB + 1);
    expect(rooms.take(1)).toBeNull();
    large.leave();
    expect(rooms.take(1)).not.toBeNull();
  });

  it("give back memory that somebody waits for when nothing is in it", () => {
    let given = 0;
    const memory = (bytes: number) => {
      given++;
      return { bytes: new Uint8Array(bytes), release: () => given-- };
    };
    const rooms = new PartRooms(memory);
    const room = rooms.take(10)!;
    rooms.release();
    expect(given).toBe(1);
    room.leave();
    rooms.release();
    expect(given).toBe(0);
    expect(rooms.take(10)).not.toBeNull();
    expect(given).toBe(1);
  });
});
