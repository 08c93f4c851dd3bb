import fc from "fast-check";
import { expect, test } from "vitest";
import { mapBounded } from "./map-bounded.ts";

/** Calls that end in an order drawn by fast-check; what was begun, and how many went on at once. */
function calls(s: fc.Scheduler, failing: ReadonlySet<number>) {
  const begun: number[] = [];
  const running = new Set<number>();
  let most = 0;
  const call = async (item: string, index: number): Promise<string> => {
    begun.push(index);
    running.add(index);
    most = Math.max(most, running.size);
    await s.schedule(Promise.resolve(), item);
    running.delete(index);
    if (failing.has(index)) throw new Error(item);
    return item.toUpperCase();
  };
  return { begun, running, call, most: () => most };
}

const inputs = [fc.scheduler(), fc.array(fc.string(), { maxLength: 12 }), fc.integer({ min: 1, max: 5 })] as const;

test("gives all results in order, with at most so many calls at once", async () => {
  await fc.assert(
    fc.asyncProperty(...inputs, async (s, items, limit) => {
      const { begun, call, most } = calls(s, new Set());
      expect(await s.waitFor(mapBounded(items, limit, call))).toEqual(items.map((item) => item.toUpperCase()));
      expect(begun).toEqual([...items.keys()]);
      expect(most()).toBe(Math.min(limit, items.length));
    }),
    { seed: 20261130 },
  );
});

test("after a failure begins nothing, waits for what is under way, and throws the first one", async () => {
  await fc.assert(
    fc.asyncProperty(...inputs, fc.nat(11), fc.nat(11), async (s, items, limit, one, another) => {
      fc.pre(one < items.length);
      const names = items.map((_, i) => String(i));
      const { begun, running, call } = calls(s, new Set([one, another]));
      const ended: string[] = [];
      let begunBefore = 0;
      const failed = await s.waitFor(
        mapBounded(names, limit, (name, i) =>
          call(name, i).catch((error: unknown) => {
            ended.push(name);
            begunBefore ||= begun.length;
            throw error;
          }),
        ).catch((error: unknown) => error),
      );
      expect(failed).toEqual(new Error(ended[0] as string));
      expect(running.size).toBe(0);
      expect(begun).toHaveLength(begunBefore);
    }),
    { seed: 20261130 },
  );
});
