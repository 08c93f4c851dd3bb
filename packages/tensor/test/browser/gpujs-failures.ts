import * as ops from "@helium-lm/tensor";
import type { Backend, Tensor } from "@helium-lm/tensor";
import { createGpuJsBackend, type GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import { createReferenceBackend } from "@helium-lm/tensor/backends/reference";
import type { Tasks } from "../../../../testing/browser/tasks.ts";
import { liveDeviceObjects, loseDevice, spoilNextKernel } from "./device-objects.ts";

/** By name, since minifying renames classes. */
const errorClasses = {
  ArgumentError: ops.ArgumentError,
  BackendError: ops.BackendError,
  DisposedError: ops.DisposedError,
};

/** Class and message of what a call throws or rejects with; null when it does not. */
async function failure(run: () => unknown): Promise<{ name: string; message: string } | null> {
  try {
    await run();
    return null;
  } catch (error) {
    const name = Object.entries(errorClasses).find(([, one]) => error instanceof one)?.[0] ?? "another error";
    return { name, message: error instanceof Error ? error.message : String(error) };
  }
}

const numbers = async (t: Tensor): Promise<number[]> => Array.from(await t.data());

/** A walk through every kind of kernel; leaves nothing behind. */
async function workload(backend: Backend): Promise<void> {
  const s = new ops.Scope();
  const out = s.run(() => {
    const x = ops.tensor(
      backend,
      new Float32Array(6 * 64).map((_, i) => Math.sin(i)),
      { shape: [6, 64] },
    );
    const w = ops.tensor(
      backend,
      new Float32Array(64 * 64).map((_, i) => Math.cos(i)),
      { shape: [64, 64], dtype: "bf16" },
    );
    const norm = ops.rmsNorm(x, ops.ones(backend, [64]), { eps: 1e-6 });
    const hidden = ops.linear(norm, w);
    const heads = ops.permute(ops.reshape(hidden, [1, 6, 4, 16]), [0, 2, 1, 3]);
    const pool = ops.zeros(backend, [1, 4, 8, 16]);
    ops.sliceUpdate(pool, heads, [0, 0, 0, 0]);
    const mixed = ops.attention(heads, pool, pool, { scale: 0.25, lengths: [6] });
    return ops.argmax(ops.softmax(ops.reshape(mixed, [24, 16])), -1);
  });
  await out.data();
  s.close();
  await backend.synchronize();
}

/** In the page: what fails, what is lost, and what is left on the device. */
export const failureTasks: Tasks = {
  /** Device objects alive after one, two and three rounds of work, and what the backend says of itself. */
  async leaks(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const live: number[] = [];
    for (let round = 0; round < 3; round++) {
      await workload(backend);
      live.push(liveDeviceObjects());
    }
    const memory = backend.memory();
    const info = backend.info();
    backend.dispose();
    return { live, memory, info };
  },

  /** Work that fails: what it says, what is left on the device, and whether the backend and others go on. */
  async failures(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode, maxShardElements: 64 });
    const x = ops.tensor(backend, [1, 2, 3]);
    await backend.synchronize();
    const attempts = {
      compile: () => {
        spoilNextKernel();
        return ops.tanh(x);
      },
      index: () => ops.gather(x, ops.tensor(backend, [7], { dtype: "i32" })),
      size: () => ops.add(ops.zeros(backend, [257]), 1),
    };
    const said: Record<string, unknown> = {};
    const live: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (const [name, attempt] of Object.entries(attempts)) {
        const s = new ops.Scope();
        const run = async (): Promise<unknown> => s.run(attempt).data();
        said[name] = await failure(run);
        s.close();
      }
      await backend.synchronize();
      live.push(liveDeviceObjects());
    }
    const y = ops.tanh(x);
    const again = await numbers(y);
    const others = await numbers(ops.tanh(ops.tensor(createReferenceBackend(), [1, 2, 3])));
    for (const t of [x, y]) t.dispose();
    await backend.synchronize();
    const { handles, bytes } = backend.memory();
    const deviceArrays = backend.info()["deviceArrays"];
    backend.dispose();
    return { said, live, again, others, left: { handles, bytes, deviceArrays } };
  },

  /** What happens to tensors, ops and other backends when the device goes. */
  async loss(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const x = ops.tensor(backend, [1, 2, 3]);
    await backend.synchronize();
    await loseDevice(mode);
    const op = await failure(async () => (await ops.add(x, 1).data()).length);
    const read = await failure(() => x.data());
    const written = await failure(async () => (await ops.tensor(backend, [1]).data()).length);
    backend.dispose();
    const reference = createReferenceBackend();
    const others = await numbers(ops.add(ops.tensor(reference, [1]), 1));
    const next = await createGpuJsBackend({ mode });
    const again = await numbers(ops.add(ops.tensor(next, [1, 2, 3]), 1));
    next.dispose();
    return { op, read, written, others, again };
  },

  /** An index outside the table: what rejects, what does not, and what a later synchronize says. */
  async queuedErrors(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const table = ops.tensor(backend, [
      [1, 2],
      [3, 4],
    ]);
    const bad = ops.tensor(backend, [7], { dtype: "i32" });
    const rows = await failure(() => ops.gather(table, bad));
    if (rows !== null) {
      // Synchronous modes throw at once and leave nothing behind.
      const { handles } = backend.memory();
      backend.dispose();
      return { thrown: rows, handles };
    }
    const poisoned = ops.gather(table, bad);
    const dependent = ops.add(poisoned, 1);
    const sound = ops.add(table, 1);
    const result = {
      read: await failure(() => poisoned.data()),
      dependent: await failure(() => dependent.data()),
      sound: await numbers(sound),
      // The first gather's error was told to nobody yet.
      synchronize: await failure(() => backend.synchronize()),
      synchronizeAgain: await failure(() => backend.synchronize()),
    };
    backend.dispose();
    return result;
  },

  /** Sharded operands beyond what one kernel can read, and a tensor beyond the device. */
  async limits(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode, maxShardElements: 16 });
    const arrays = backend.info()["maxArraysPerKernel"] as number;
    const a = ops.tensor(backend, new Float32Array(64).fill(1), { shape: [8, 8] });
    const b = ops.tensor(backend, new Float32Array(64).fill(2), { shape: [8, 8] });
    const fits = await numbers(ops.sum(ops.reshape(ops.add(ops.narrow(a, 0, 0, 4), 1), [-1]), 0));
    const manyArrays = arrays < 8 ? await failure(() => ops.lt(a, b).data()) : null;
    const tooLarge = await failure(() => ops.zeros(backend, [65]));
    const after = await numbers(ops.sum(ops.reshape(a, [64]), 0));
    await backend.synchronize().catch(() => undefined);
    backend.dispose();
    return { arrays, fits, manyArrays, tooLarge, after };
  },

  /** Inputs disposed while the work that reads them is still queued. */
  async earlyDispose(mode: GpuJsMode) {
    const backend = await createGpuJsBackend({ mode });
    const x = ops.tensor(backend, [1, 2, 3]);
    let y = ops.add(x, 1);
    x.dispose();
    for (let i = 0; i < 50; i++) {
      const next = ops.mul(y, 1.5);
      y.dispose();
      y = ops.sub(next, 1);
      next.dispose();
    }
    const values = await numbers(y);
    y.dispose();
    await backend.synchronize();
    const { handles } = backend.memory();
    const deviceArrays = backend.info()["deviceArrays"];
    backend.dispose();
    return { values, handles, deviceArrays };
  },
};
