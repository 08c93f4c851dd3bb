import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createWasmBackend } from "./backends/wasm/index.ts";
import type { Tensor } from "./index.ts";
import {
  add,
  configureDispatch,
  createBackend,
  cumsum,
  fromStored,
  gather,
  linear,
  mul,
  permute,
  QuantMatrix,
  quantMatmul,
  RecordedWork,
  reshape,
  Rng,
  scope,
  softmax,
  tanh,
  tensor,
  type Backend,
  type Recorder,
} from "./index.ts";
import { quantize } from "./quant/index.ts";

const random = (seed: number, length: number): Float32Array => {
  const rng = new Rng(seed);
  return Float32Array.from({ length }, () => rng.uniform() * 2 - 1);
};

/** Disposed at the end of a block. */
const disposing = (backend: Backend): Backend & Disposable =>
  Object.assign(backend, { [Symbol.dispose]: () => backend.dispose() });

const overwrite = (t: Tensor, values: ArrayBufferView): void =>
  t.backend.write(t.handle, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));

/** Steps that make the next x `[M, 64]` of the last. */
type Step = (x: Tensor, given: Given) => Tensor;

interface Given {
  readonly weight: Tensor;
  readonly quant: QuantMatrix;
  readonly table: Tensor;
  readonly ids: Tensor;
}

const steps: Readonly<Record<string, Step>> = {
  scale: (x) => mul(x, 0.5),
  turn: (x) => permute(reshape(permute(x, [1, 0]), [64, x.shape[0]]), [1, 0]),
  linear: (x, { weight }) => tanh(linear(x, weight)),
  quant: (x, { quant }) => quantMatmul(x, quant),
  softmax: (x) => softmax(x, 1),
  look: (x, { table, ids }) => add(x, gather(table, ids)),
};

describe.each([{ threads: 1 }, { threads: 2 }])("recorded work on wasm, $threads threads", ({ threads }) => {
  let backend: Backend;
  let recorder: Recorder;
  beforeAll(async () => {
    backend = await createWasmBackend({ threads });
  });
  afterAll(() => {
    expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
    backend.dispose();
  });

  const withRecorder = async (run: () => Promise<void>): Promise<void> => {
    recorder = backend.createRecorder?.() as Recorder;
    try {
      await run();
    } finally {
      recorder.dispose();
    }
  };

  test("a replay gives the bits of the same ops one by one, whatever the tensors hold", () =>
    withRecorder(async () => {
      const chain = fc.record({
        M: fc.integer({ min: 1, max: 9 }),
        names: fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 1, maxLength: 6 }),
        seeds: fc.array(fc.nat(1000), { minLength: 4, maxLength: 6 }),
      });
      await fc.assert(
        fc.asyncProperty(chain, async ({ M, names, seeds }) => {
          const x = tensor(backend, random(1, M * 64), { shape: [M, 64] });
          const given = {
            weight: tensor(backend, random(2, 64 * 64), { shape: [64, 64] }),
            quant: QuantMatrix.fromBlocks(backend, "q8_0", [64, 64], quantize("q8_0", random(3, 64 * 64), 64)),
            table: tensor(backend, random(4, 10 * 64), { shape: [10, 64] }),
            ids: tensor(backend, new Int32Array(M)),
          };
          const work = new RecordedWork(backend, recorder);
          const body = (): readonly Tensor[] =>
            scope(() => [names.reduce((y, name) => steps[name](y, given), add(x, 0))]);
          const replayed: boolean[] = [];
          for (const seed of seeds) {
            overwrite(x, random(seed, M * 64));
            overwrite(
              given.ids,
              Int32Array.from({ length: M }, (_, m) => (seed + m) % 10),
            );
            const [expected] = body() as [Tensor];
            const [given_] = work.run(body) as [Tensor];
            expect(await given_.stored()).toEqual(await expected.stored());
            replayed.push(work.isReplayed);
            for (const t of [expected, given_]) t.dispose();
          }
          // The first run may have made the region larger, and then counts for nothing.
          expect(replayed.slice(3)).toEqual(replayed.slice(3).map(() => true));
          expect(work.reason).toBeNull();
          work.dispose();
          for (const t of [x, ...Object.values(given)]) t.dispose();
        }),
        { seed: 20261129, numRuns: 20 },
      );
    }));

  /** Runs work so often that it would be replayed; whether it was, and why not. */
  const repeated = (body: () => readonly Tensor[], between: () => void = () => undefined): [boolean, string | null] => {
    using work = new RecordedWork(backend, recorder);
    for (let run = 0; run < 6; run++) {
      for (const result of work.run(body)) result.dispose();
      between();
    }
    return [work.isReplayed, work.reason];
  };

  test("work with a part in JavaScript, or that differs from run to run, goes op by op and says why", () =>
    withRecorder(async () => {
      using x = tensor(backend, random(1, 8), { shape: [2, 4] });
      expect(repeated(() => [add(x, x)])).toEqual([true, null]);
      expect(repeated(() => [cumsum(x, 1)])).toEqual([false, "a part of it runs in JavaScript"]);
      let n = 0;
      expect(repeated(() => [mul(x, ++n)])).toEqual([false, "other values from the host"]);
      expect(repeated(() => [++n % 2 ? add(x, x) : tanh(x)])[1]).toMatch(/^command 0 was (unary|binary), then/);
      expect(repeated(() => scope(() => [add(x, tensor(backend, [1, 2, 3, 4]))]))).toEqual([true, null]);
    }));

  test("a storage that is freed ends what relies on it", () =>
    withRecorder(async () => {
      let x = tensor(backend, [1, 2, 3]);
      using work = new RecordedWork(backend, recorder);
      const body = (): readonly Tensor[] => [add(x, x)];
      const last = async (): Promise<unknown> => {
        let values: unknown;
        for (let run = 0; run < 4; run++) {
          const [sum] = work.run(body) as [Tensor];
          values = await sum.toArray();
          sum.dispose();
        }
        return values;
      };
      expect([await last(), work.isReplayed]).toEqual([[2, 4, 6], true]);
      x.dispose();
      x = tensor(backend, [5, 6, 7]);
      const [sum] = work.run(body) as [Tensor];
      expect([await sum.toArray(), work.isReplayed]).toEqual([[10, 12, 14], false]);
      expect(work.reason).toBe("a storage that it uses was freed");
      sum.dispose();
      expect([await last(), work.isReplayed]).toEqual([[10, 12, 14], true]);
      x.dispose();
    }));

  test("only a run with the same operands is a replay; one with tensors of its own never is", () =>
    withRecorder(async () => {
      const [a, b] = [tensor(backend, [1, 2]), tensor(backend, [10, 20])];
      const x = tensor(backend, [3, 4]);
      using work = new RecordedWork(backend, recorder);
      const run = async (with_: Tensor, operands: readonly object[] | null): Promise<unknown[]> => {
        const [y] = work.run(() => [mul(x, with_)], operands);
        const values = await y?.toArray();
        y?.dispose();
        return [values, work.reason];
      };
      const [first, other] = [
        [3, 8],
        [30, 80],
      ];
      for (let i = 0; i < 4; i++) await run(a, [a]);
      expect(await run(a, [a])).toEqual([first, null]);
      expect(await run(b, [b])).toEqual([other, "it was recorded with other tensors"]);
      expect(await run(a, [a, b])).toEqual([first, "it was recorded with other tensors"]);
      expect(await run(b, null)).toEqual([other, "it has tensors of its own"]);
      expect(await run(a, [a])).toEqual([first, null]);
      for (const t of [a, b, x]) t.dispose();
    }));

  test("an index outside its table is an error of the replay, and the next one goes on", () =>
    withRecorder(async () => {
      using table = tensor(backend, [[1], [2]]);
      using ids = tensor(backend, new Int32Array([0, 1]));
      using work = new RecordedWork(backend, recorder);
      const body = (): readonly Tensor[] => [gather(table, ids)];
      for (let run = 0; run < 4; run++) for (const result of work.run(body)) result.dispose();
      expect(work.isReplayed).toBe(true);
      overwrite(ids, new Int32Array([0, 7]));
      expect(() => work.run(body)).toThrow("replay: an index is outside its table");
      overwrite(ids, new Int32Array([1, 0]));
      const [rows] = work.run(body) as [Tensor];
      expect(await rows.toArray()).toEqual([[2], [1]]);
      rows.dispose();
    }));

  test("memory of a constant that is used again in the same work has the constant's values in every replay", () =>
    withRecorder(async () => {
      using x = tensor(backend, [1, 2, 3]);
      using work = new RecordedWork(backend, recorder);
      const body = (): readonly Tensor[] => {
        const constant = tensor(backend, [10, 20, 30]);
        const sum = add(x, constant);
        constant.dispose();
        // Of the same size: it lies where the constant lay.
        mul(sum, sum).dispose();
        return [sum];
      };
      for (let run = 0; run < 6; run++) {
        const [sum] = work.run(body) as [Tensor];
        expect(await sum.toArray()).toEqual([11, 22, 33]);
        sum.dispose();
      }
      expect(work.isReplayed).toBe(true);
    }));

  test("weights that are written anew are looked at anew", () =>
    withRecorder(async () => {
      const halves = Uint16Array.from({ length: 8 * 8 }, () => 0x3c00); // 1
      using weight = fromStored(backend, halves, [8, 8], "f16", { weights: true });
      using x = tensor(backend, [[1, 1, 1, 1, 1, 1, 1, 1]]);
      using work = new RecordedWork(backend, recorder);
      const body = (): readonly Tensor[] => [linear(x, weight)];
      for (let run = 0; run < 5; run++) for (const result of work.run(body)) result.dispose();
      expect(work.isReplayed).toBe(true);
      halves[0] = 0x7c00; // +∞, which the kernel for finite weights would take for 65,536
      overwrite(weight, halves);
      const [sums] = work.run(body) as [Tensor];
      expect(work.reason).toBe("weights that it uses were written");
      expect(await sums.toArray()).toEqual([[Infinity, 8, 8, 8, 8, 8, 8, 8]]);
      sums.dispose();
    }));

  test("what the host reads in the work is not replayed, and four runs that differ end the notes", () =>
    withRecorder(async () => {
      using x = tensor(backend, [1, 2, 3]);
      expect(
        repeated(() => {
          backend.readSync?.(x.handle);
          return [add(x, x)];
        }),
      ).toEqual([false, "a part of it is read by the host"]);
      const recording = recorder.recording();
      const states = Array.from({ length: 6 }, (_, n) => {
        if (recording.state === "open") recording.log(() => mul(x, n).dispose());
        return recording.state;
      });
      expect(states).toEqual(["open", "open", "open", "open", "refused", "refused"]);
      recording.dispose();
    }));

  test("a check finds work that is not what was recorded, and ends its replays", () =>
    withRecorder(async () => {
      using x = tensor(backend, [1, 2, 3]);
      using work = new RecordedWork(backend, recorder, { checkEvery: 4 });
      let factor = 2;
      const runs = (count: number): boolean[] =>
        Array.from({ length: count }, () => {
          for (const result of work.run(() => [mul(x, factor)])) result.dispose();
          return work.isReplayed;
        });
      expect(runs(11).slice(3)).toEqual([true, true, true, false, true, true, true, false]);
      // A mistake of whoever records: a number of the host that changes.
      factor = 3;
      expect(runs(5)).toEqual([true, true, true, false, false]);
      expect(work.reason).toBe("a later run was not the recorded one: other values from the host");
      const [tripled] = work.run(() => [mul(x, factor)]) as [Tensor];
      expect(await tripled.toArray()).toEqual([3, 6, 9]);
      tripled.dispose();
    }));

  test("who listens to the ops hears each of them", () =>
    withRecorder(async () => {
      using x = tensor(backend, [1, 2, 3]);
      const heard: string[] = [];
      configureDispatch(backend, { onOp: ({ op }) => heard.push(op) });
      expect(repeated(() => [tanh(x)])).toEqual([false, "somebody listens to the ops"]);
      configureDispatch(backend, {});
      expect(heard).toEqual(new Array(6).fill("unary"));
    }));

  test("an error in recorded work leaves the recorder as it was", () =>
    withRecorder(async () => {
      using x = tensor(backend, [1, 2, 3]);
      using work = new RecordedWork(backend, recorder);
      expect(() =>
        work.run(() => {
          add(x, x);
          throw new RangeError("no");
        }),
      ).toThrow("no");
      expect(repeated(() => [add(x, x)])).toEqual([true, null]);
      expect(() => work.run(() => new RecordedWork(backend, recorder).run(() => [add(x, x)]))).toThrow(
        "record: work is being recorded already",
      );
    }));
});

test("the memory of recordings that ended is used again", async () => {
  using backend = disposing(await createWasmBackend({ threads: 1, maxMemoryBytes: 2 ** 22 }));
  const x = tensor(backend, [1, 2, 3]);
  // 40 commands of 256 bytes each; all of them together are more than the memory.
  for (let n = 0; n < 500; n++) {
    const recorder = backend.createRecorder?.() as Recorder;
    using work = new RecordedWork(backend, recorder);
    const body = (): readonly Tensor[] => scope(() => [Array.from({ length: 40 }).reduce<Tensor>((y) => tanh(y), x)]);
    for (let run = 0; run < 4; run++) for (const result of work.run(body)) result.dispose();
    expect(work.isReplayed, work.reason ?? "").toBe(true);
    recorder.dispose();
  }
});

test("a backend without a recorder does the work op by op", async () => {
  const backend = await createBackend("cpu");
  using x = tensor(backend, [1, 2]);
  using work = new RecordedWork(backend, backend.createRecorder?.() ?? null);
  const [sum] = work.run(() => [add(x, x)]) as [Tensor];
  expect(await sum.toArray()).toEqual([2, 4]);
  expect(work.reason).toBe("the cpu backend has no recorder, or it is turned off");
  sum.dispose();
});
