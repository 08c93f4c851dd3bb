import { describe, expect, test } from "vitest";
import { BackendError } from "../../../errors.ts";
import { Region } from "./region.ts";

/** Memory that counts what it has given away. */
function memory(limit: number) {
  const live = new Map<number, number>();
  let next = 4096;
  return {
    portion: 2 ** 16,
    live,
    allocOwn(bytes: number): number {
      const held = [...live.values()].reduce((sum, size) => sum + size, 0);
      if (held + bytes > limit) throw new BackendError("wasm", "out of memory");
      next += 2 ** 20;
      live.set(next, bytes);
      return next;
    },
    releaseOwn(address: number, bytes: number): void {
      expect(live.get(address)).toBe(bytes);
      live.delete(address);
    },
  };
}

describe("the region of recorded work", () => {
  test("equal runs find equal addresses, from memory that is taken once", () => {
    const source = memory(2 ** 24);
    const region = new Region(source);
    const run = (): number[] => {
      region.begin();
      const first = region.alloc(1000);
      const second = region.alloc(70_000);
      region.release(first, 1000, region.run);
      return [first, second, region.alloc(1000), region.alloc(64)];
    };
    const [grown, ...others] = [run(), run(), run()];
    expect([...(grown ?? [])].slice(0, 2)).toHaveLength(2);
    expect(others[0]).toEqual(others[1]);
    expect(region.hasGrown).toBe(false);
    expect(region.byteLength).toBe([...source.live.values()].reduce((sum, bytes) => sum + bytes, 0));
    region.dispose();
    expect(source.live.size).toBe(0);
  });

  test("a block of an earlier run is nobody's: freeing it late gives nothing away twice", () => {
    const region = new Region(memory(2 ** 24));
    region.begin();
    const [old, run] = [region.alloc(64), region.run];
    region.begin();
    const now = region.alloc(64);
    expect(now).toBe(old);
    region.release(old, 64, run);
    expect(region.alloc(64)).not.toBe(now);
  });

  test("without memory for a region, blocks lie elsewhere, are freed there, and it says so", () => {
    const source = memory(1024);
    const region = new Region(source);
    region.begin();
    const blocks = [region.alloc(64), region.alloc(100)];
    expect([region.isShort, region.byteLength]).toEqual([true, 0]);
    // 100 bytes take two lines of 64.
    expect([...source.live.values()]).toEqual([64, 128]);
    expect(() => region.alloc(2048)).toThrow(BackendError);
    region.begin();
    expect(region.isShort).toBe(false);
    const earlier = region.run - 1;
    region.release(blocks[0], 64, earlier);
    region.release(blocks[1], 128, earlier);
    expect(source.live.size).toBe(0);
  });
});
