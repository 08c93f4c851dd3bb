import { BackendError, scope, type Backend } from "@helium-lm/tensor";
import type { ModelSource } from "../../sources/index.ts";
import { withBackendMethods, withReaderMethods } from "../replaced-methods.ts";
import { expectEqual, expectSame, Mismatch, take } from "../compare.ts";
import type { DrawnModel } from "../drawn-model.ts";
import { headNames } from "../../heads/index.ts";

/**
 * A checkpoint that ends early, one that lacks a tensor and a device without room fail the load and leave nothing
 * allocated; a pass that runs out of room leaves the cache as it was; disposing twice frees once.
 */
export async function checkFailures(drawn: DrawnModel): Promise<void> {
  for (const head of headNames) {
    const source = drawn.source(head);
    const names = (await source.openWeights()).names();
    for (const n of spread(names.length)) {
      const broken = failing(source, names[n] ?? "");
      await expectFailure(
        drawn,
        `${head} whose tensor ${n} cannot be read`,
        () => drawn.open(head, broken),
        "unreadable",
      );
    }
    const last = names.at(-1) ?? "";
    const short = without(source, last);
    await expectFailure(drawn, `${head} without ${last}`, () => drawn.open(head, short), last);
    await checkDispose(drawn, head);
  }
  await checkFullDevice(drawn);
}

async function checkDispose(drawn: DrawnModel, head: (typeof headNames)[number]): Promise<void> {
  const before = drawn.backend.memory().handles;
  const model = await drawn.open(head);
  model.dispose();
  expectEqual(`${head}: storages after dispose`, drawn.backend.memory().handles, before);
  model.dispose();
  expectEqual(`${head}: storages after a second dispose`, drawn.backend.memory().handles, before);
}

/** Allocations that fail while loading and while reading two chunks. */
async function checkFullDevice(drawn: DrawnModel): Promise<void> {
  const device = new LimitedDevice(drawn.backend);
  const open = () => drawn.open("causal-lm", drawn.source("causal-lm"), { backend: device.backend });
  const opened = await device.count(open);
  for (const n of spread(opened.allocations))
    await expectFailure(
      drawn,
      `load with room for ${n} of ${opened.allocations} storages`,
      () => device.limit(n, open),
      "full",
    );
  using model = opened.result;

  const [first, rest] = [drawn.ids.slice(0, 1), drawn.ids.slice(1)];
  using cache = drawn.cache(device.backend);
  const read = (ids: readonly number[]) => scope(() => model.forward({ inputIds: [ids], pastKeyValues: cache }).logits);
  (await device.count(async () => read(first))).result.dispose();
  const whole = await device.count(async () => read(rest));
  const expected = await take(whole.result);
  cache.crop(rest.length);
  // The pools have grown, so that this pass needs fewer storages than the first one did.
  const again = await device.count(async () => read(rest));
  again.result.dispose();
  cache.crop(rest.length);
  for (const n of spread(again.allocations)) {
    const what = `pass with room for ${n} of ${again.allocations} storages`;
    await expectFailure(drawn, what, () => device.limit(n, async () => read(rest)), "full");
    expectEqual(`cached slots after a ${what}`, cache.lengths, [1]);
  }
  const got = await take(read(rest));
  expectSame("pass after failed ones", got, expected);
}

/** A few whole numbers below `count`, its ends included. */
function spread(count: number): readonly number[] {
  return [...new Set([0, 1 / 4, 1 / 2, 3 / 4, 1].map((part) => Math.round(part * (count - 1))))].filter((n) => n >= 0);
}

/** @throws Mismatch unless `run` fails with a message that has `mention` and leaves nothing allocated */
async function expectFailure(
  { backend }: DrawnModel,
  what: string,
  run: () => Promise<{ dispose(): void }>,
  mention: string,
): Promise<void> {
  const before = backend.memory().handles;
  const error = await run().then(
    (made) => made.dispose(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Mismatch(`${what}: did not fail`);
  if (!error.message.includes(mention)) throw new Mismatch(`${what}: failed with "${error.message}", not "${mention}"`);
  const left = backend.memory().handles - before;
  if (left !== 0) throw new Mismatch(`${what}: left ${left} storages behind`);
}

const failing = (source: ModelSource, tensor: string): ModelSource =>
  withReaderMethods(source, (reader) => ({
    readBytes: (name) => (name === tensor ? Promise.reject(new RangeError("unreadable")) : reader.readBytes(name)),
  }));

const without = (source: ModelSource, tensor: string): ModelSource =>
  withReaderMethods(source, (reader) => ({
    names: () => reader.names().filter((name) => name !== tensor),
    has: (name) => name !== tensor && reader.has(name),
  }));

/** A backend whose room ends after a number of storages. */
class LimitedDevice {
  readonly backend: Backend;
  #allocated = 0;
  #room = Infinity;

  constructor(inner: Backend) {
    const alloc: Backend["alloc"] = (spec) => {
      if (this.#allocated >= this.#room) throw new BackendError("alloc", "the device is full");
      this.#allocated += 1;
      return inner.alloc(spec);
    };
    this.backend = withBackendMethods(inner, { alloc });
  }

  async count<T>(run: () => Promise<T>): Promise<{ result: T; allocations: number }> {
    const before = this.#allocated;
    return { result: await run(), allocations: this.#allocated - before };
  }

  /** Runs with room for `n` more storages. */
  async limit<T>(n: number, run: () => Promise<T>): Promise<T> {
    this.#room = this.#allocated + n;
    try {
      return await run();
    } finally {
      this.#room = Infinity;
    }
  }
}
