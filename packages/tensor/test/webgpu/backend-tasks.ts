import {
  add,
  createBackend,
  fromStored,
  fromStoredParts,
  gather,
  mul,
  permute,
  RecordedWork,
  reshape,
  rmsNorm,
  scatterRows,
  scope,
  softmax,
  sum,
  tanh,
  tensor,
  zeros,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";
import { dispatches } from "./dispatch-task.ts";
import { profiles } from "./profile-task.ts";
import { leaveNoRoom, refuse } from "../../../../testing/webgpu/device-failures.ts";

const dawnFlags = ["enable-dawn-features=allow_unsafe_apis,disable_workgroup_init"];

const create = (options: Readonly<Record<string, unknown>> = {}): Promise<Backend> =>
  createBackend("webgpu", { dawnFlags, ...options });

const values = (seed: number, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed * 131 + i * 7.7));

const write = ({ backend, handle }: Tensor, given: ArrayBufferView): void =>
  backend.write(handle, new Uint8Array(given.buffer, given.byteOffset, given.byteLength));

const messageOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
    return "no error";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
};

/** What the parent asks for, by name; results are JSON. */
export const backendTasks = {
  /** Runs of recorded work beside the same ops one by one: whether replayed, whether bit-equal, submits and dispatches. */
  async replay() {
    const backend = await create();
    const recorder = backend.createRecorder?.() ?? null;
    const x = tensor(backend, values(1, 192), { shape: [3, 64] });
    const table = tensor(backend, values(2, 640), { shape: [10, 64] });
    const weight = tensor(backend, values(3, 64));
    const ids = tensor(backend, new Int32Array(3));
    const work = new RecordedWork(backend, recorder);
    const body = (): readonly Tensor[] =>
      scope(() => {
        const looked = add(mul(x, 0.5), gather(table, ids));
        const turned = reshape(permute(softmax(tanh(looked), 1), [1, 0]), [3, 64]);
        return [add(rmsNorm(turned, weight, { eps: 1e-5 }), 1)];
      });
    const runs = [];
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      write(x, values(seed + 10, 192));
      write(ids, Int32Array.of(seed, 1, seed + 2));
      const [want] = body();
      const expected = want ? [...(await want.data())] : [];
      const { submits } = backend.info();
      const [got] = work.run(body);
      const given = got ? [...(await got.data())] : [];
      runs.push({
        replayed: work.isReplayed,
        equal: expected.length > 0 && expected.every((value, i) => Object.is(value, given[i])),
        submits: Number(backend.info()["submits"]) - Number(submits),
      });
      for (const t of [want, got]) t?.dispose();
    }
    // A bad index is found by a replay too, and the next run is fine again.
    write(ids, Int32Array.of(0, 10, 0));
    const [bad] = work.run(body);
    const outside = await messageOf(() => bad?.data());
    bad?.dispose();
    write(ids, Int32Array.of(0, 9, 0));
    const [good] = work.run(body);
    const inside = await messageOf(() => good?.data());
    good?.dispose();
    const replayed = work.isReplayed;
    work.dispose();
    recorder?.dispose();
    for (const t of [x, table, weight, ids]) t.dispose();
    const { handles, bytes } = backend.memory();
    backend.dispose();
    return { runs, outside, inside, replayed, left: { handles, bytes } };
  },

  /** What runs of recorded work give, of which the device refuses the one that becomes the recorded one. */
  async failedRun() {
    const backend = await create();
    const recorder = backend.createRecorder?.() ?? null;
    const [x, pool] = [tensor(backend, [1, 2, 3]), zeros(backend, [1, 1, 2, 3])];
    const slots = tensor(backend, Int32Array.of(1));
    const work = new RecordedWork(backend, recorder);
    const runs = [];
    for (const isRefused of [false, false, true, false, false]) {
      if (isRefused) refuse();
      const [sum] = work.run(() => scope(() => [add(mul(x, 2), 1)]));
      runs.push({ replayed: work.isReplayed, message: await messageOf(() => sum?.data()) });
      sum?.dispose();
    }
    // What a refused run should have written, and did not, stays lost.
    refuse();
    scatterRows(pool, reshape(x, [1, 1, 3]), slots);
    const written = await messageOf(() => pool.data());
    const appending = new RecordedWork(backend, recorder);
    const appended = [];
    for (let i = 0; i < 4; i++) {
      const [all] = appending.run(() =>
        scope(() => {
          scatterRows(pool, reshape(x, [1, 1, 3]), slots);
          return [add(pool, 0)];
        }),
      );
      appended.push({ replayed: appending.isReplayed, message: await messageOf(() => all?.data()) });
      all?.dispose();
    }
    backend.dispose();
    return { runs, written, appended };
  },

  /** How many dispatches joint work takes. */
  dispatches,

  /** What profiles say of known work. */
  profiles,

  /** Bytes between words, and host writes to what pending commands use. */
  async writes() {
    const backend = await create();
    const bytes = tensor(backend, [1, 2, 3, 4, 5, 6, 7], { dtype: "u8" });
    backend.writePart?.(bytes.handle, 2, Uint8Array.of(30, 40, 50));
    const a = tensor(backend, [1, 2]);
    const before = add(a, a);
    write(a, Float32Array.of(10, 20));
    const after = add(a, a);
    const result = [await bytes.toArray(), await before.toArray(), await after.toArray()];
    backend.dispose();
    return result;
  },

  /** A matrix of weights in several buffers: written in parts, read back, and used where it cannot be. */
  async splitMatrix() {
    const backend = await create({ maxStorageBytes: 4096 });
    const given = values(3, 100 * 32);
    const bytes = new Uint8Array(given.buffer);
    async function* parts(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000);
    }
    const matrix = await fromStoredParts(backend, parts(), [100, 32], "f32", { weights: true });
    const { bytes: held, handles } = backend.memory();
    const read = new Float32Array((await backend.read(matrix.handle)).buffer);
    const [row] = [gather(matrix, tensor(backend, [77], { dtype: "i32" }))];
    const result = {
      ...{ held, handles, isSame: read.every((value, i) => value === given[i]) },
      isRow: (await row.data()).every((value, i) => value === given[77 * 32 + i]),
      outside: await messageOf(() => gather(matrix, tensor(backend, [100], { dtype: "i32" })).data()),
      sum: await messageOf(() => sum(matrix, 0)),
      narrow: await messageOf(() => fromStored(backend, values(1, 2000), [100, 20], "f32", { weights: true })),
    };
    matrix.dispose();
    backend.dispose();
    return result;
  },

  /** What a refused batch spoils: what it wrote and what is made of that, not what the host wrote or what lies beside it. */
  async refusedBatch() {
    const backend = await create();
    const [x, y] = [tensor(backend, [1, 2, 3]), tensor(backend, [10, 20, 30])];
    refuse();
    const bad = mul(x, 2);
    const uploaded = tensor(backend, [7, 8, 9]);
    const rewritten = mul(x, 3);
    // A batch is submitted when it has so many commands; its outcome is not known yet.
    for (let i = 0; i < 64; i++) mul(x, 1).dispose();
    const [depends, apart] = [add(add(bad, 1), 1), add(y, 1)];
    write(rewritten, Float32Array.of(4, 5, 6));
    const messages = [];
    for (const one of [bad, depends, apart, uploaded, rewritten, x]) messages.push(await messageOf(() => one.data()));
    const later = [...(await add(apart, 1).data())];
    const doomed = await messageOf(() => add(depends, 1).data());
    backend.dispose();
    return { messages, later, doomed };
  },

  /** What is said where there is no room for a buffer, and what becomes of the next one of the same size. */
  async noRoom() {
    const backend = await create();
    const kept = tensor(backend, [1, 2, 3]);
    // No buffer of its size was there before.
    let length = 50_000;
    const told = [];
    for (const use of [
      (t: Tensor) => t.data(),
      (t: Tensor) => add(t, 1).data(),
      (t: Tensor) => (write(t, new Float32Array(length)), t.data()),
      () => backend.synchronize(),
    ]) {
      length *= 2;
      leaveNoRoom();
      const t = zeros(backend, [length]);
      const missing = await messageOf(() => use(t));
      t.dispose();
      const again = zeros(backend, [length]);
      told.push({ missing, again: await messageOf(() => again.data()) });
      again.dispose();
    }
    const beside = await messageOf(() => add(kept, 1).data());
    backend.dispose();
    return { told, beside };
  },

  /** What is refused at once, and what a bad index does to what depends on it and to nothing else. */
  async errors() {
    const backend = await create({ maxStorageBytes: 4096 });
    const large = await messageOf(() => zeros(backend, [2000]));
    const table = tensor(backend, [1, 2, 3]);
    const bad = gather(table, tensor(backend, [7], { dtype: "i32" }));
    const depends = add(bad, 1);
    const apart = add(table, 1);
    const messages = [await messageOf(() => depends.data()), await messageOf(() => apart.data())];
    const option = await messageOf(() => create({ feature: "none" }));
    backend.dispose();
    const disposed = await messageOf(() => zeros(backend, [1]));
    return { large, messages, option, disposed };
  },
} as const;

export type BackendTask = keyof typeof backendTasks;
