import fc from "fast-check";
import { expect, it } from "vitest";
import { Admission, type Admitted } from "./admission.ts";

/** Lets promises settle. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it("lets requests in one after another, as they came, and never more texts than may run", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.record({ sequences: fc.integer({ min: 1, max: 4 }), leaves: fc.boolean() }), { maxLength: 20 }),
      async (maxSequences, requests) => {
        const admission = new Admission({ maxSequences, maxWaiting: Infinity });
        const order: number[] = [];
        const places: { readonly place: Admitted; readonly sequences: number }[] = [];
        const entering = requests.map(async ({ sequences, leaves }, index) => {
          const controller = new AbortController();
          const entered = admission.enter(sequences, controller);
          if (leaves) controller.abort(new Error("left"));
          try {
            const place = await entered;
            order.push(index);
            places.push({ place, sequences });
            expect(admission.running <= maxSequences || places.length === 1).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({ message: "left" });
          }
        });
        await settle();
        for (let next = places.shift(); next; next = places.shift()) {
          next.place.release();
          next.place.release();
          await settle();
        }
        await Promise.all(entering);
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect([admission.running, admission.waiting]).toEqual([0, 0]);
      },
    ),
    { seed: 1, numRuns: 40 },
  );
});

it("a request that is too many is told so, with the time after which there will be room", async () => {
  const admission = new Admission({ maxSequences: 1, maxWaiting: 2 });
  const first = await admission.enter(1);
  const waiting = [admission.enter(1), admission.enter(1)];
  const refused: unknown = await admission.enter(1).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    ...{ status: 429, type: "rate_limit_error", code: "queue_full", retryAfter: 1 },
    details: { waiting: 2, running: 1 },
  });
  first.release();
  (await waiting[0])?.release();
  (await waiting[1])?.release();
});

it("who leaves while waiting makes room for others", async () => {
  const admission = new Admission({ maxSequences: 1, maxWaiting: 1 });
  const first = await admission.enter(1);
  const leaving = new AbortController();
  const left = admission.enter(1, leaving);
  leaving.abort(new Error("gone"));
  await expect(left).rejects.toThrow("gone");
  const next = admission.enter(1);
  first.release();
  (await next).release();
  expect([admission.running, admission.waiting]).toEqual([0, 0]);
});

it("one who has gone already is not let in", async () => {
  const admission = new Admission({ maxSequences: 1, maxWaiting: 1 });
  await expect(admission.enter(1, { signal: AbortSignal.abort(new Error("gone")) })).rejects.toThrow("gone");
  expect(admission.running).toBe(0);
});

it("batches take what others leave, and no more than their share, and nobody is sent away for them", async () => {
  const admission = new Admission({ maxSequences: 4, maxWaiting: 1 });
  const order: string[] = [];
  const places = new Map<string, Admitted>();
  const enter = (name: string, isBatch: boolean): void =>
    void admission.enter(1, { isBatch }).then((place) => {
      order.push(name);
      places.set(name, place);
    });
  for (let i = 0; i < 10; i++) enter(`batch ${i}`, true);
  await settle();
  // Three of four places are theirs, and those that wait count for nobody.
  expect([order, admission.running, admission.waiting]).toEqual([["batch 0", "batch 1", "batch 2"], 3, 0]);
  enter("a", false);
  enter("b", false);
  await settle();
  expect([order.at(-1), admission.waiting]).toEqual(["a", 1]);
  // Four that run and one that waits were five without them, and are five with them.
  for (const name of ["c", "d", "e"]) enter(name, false);
  await settle();
  expect([order.at(-1), admission.waiting]).toEqual(["a", 4]);
  await expect(admission.enter(1)).rejects.toMatchObject({ status: 429 });
  for (const [left, next] of [
    ["batch 0", "b"],
    ["batch 1", "c"],
    ["batch 2", "d"],
    ["a", "e"],
    ["b", "batch 3"],
  ] as const) {
    places.get(left)?.release();
    await settle();
    expect(order.at(-1)).toBe(next);
  }
});

it("who leaves the queue makes room for what stood behind it", async () => {
  const admission = new Admission({ maxSequences: 4, maxWaiting: 9 });
  await admission.enter(3);
  const leaving = new AbortController();
  const wide = admission.enter(2, leaving);
  const behind = admission.enter(1);
  const batch = admission.enter(1, { isBatch: true });
  leaving.abort(new Error("left"));
  await expect(wide).rejects.toThrow("left");
  (await behind).release();
  await batch;
  expect([admission.running, admission.waiting]).toEqual([4, 0]);
});
