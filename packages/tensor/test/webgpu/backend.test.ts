import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { softwareVulkan } from "../../../../testing/software-vulkan.ts";
import type { backendTasks, BackendTask } from "./backend-tasks.ts";

const entry = fileURLToPath(new URL("backend-process.ts", import.meta.url));
const sources = new URL("../../../../scripts/workspace-sources.ts", import.meta.url).href;
const NEEDS = "needs the package webgpu and a Vulkan driver, such as that of a Chromium";

let child: ChildProcess;
let ended: Promise<never>;
beforeAll(() => {
  child = fork(entry, [], {
    execArgv: ["--import", sources],
    env: { ...process.env, ...softwareVulkan() },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  ended = once(child, "close").then(([code, signal]) => {
    throw new Error(`the process of the backends ended with ${String(signal ?? code)}`);
  });
  ended.catch(() => undefined);
});
afterAll(() => child.connected && child.disconnect());

type Result<K extends BackendTask> = Awaited<ReturnType<(typeof backendTasks)[K]>>;

/** What a task gives; null where there is no device. */
async function run<K extends BackendTask>(task: K): Promise<Result<K> | null> {
  child.send(task);
  const [{ value, error }] = (await Promise.race([once(child, "message"), ended])) as [
    { value?: Result<K>; error?: string },
  ];
  if (error?.includes("is unavailable")) return null;
  if (error !== undefined) throw new Error(error);
  return value ?? null;
}

test("a replay is one submit and gives the bits of the ops one by one, bad indices included", async ({ skip }) => {
  const result = await run("replay");
  if (!result) return skip(NEEDS);
  expect(result.runs.map(({ equal }) => equal)).toEqual(Array(6).fill(true));
  expect(result.runs.slice(3)).toEqual(Array(3).fill({ replayed: true, equal: true, submits: 1 }));
  expect(result.outside).toBe("ArgumentError: gather: index 10 is outside [0, 10)");
  expect(result).toMatchObject({ inside: "no error", replayed: true, left: { handles: 0, bytes: 0 } });
});

test("a run of recorded work that fails spoils no later one, but what it should have written elsewhere", async ({
  skip,
}) => {
  const result = await run("failedRun");
  if (!result) return skip(NEEDS);
  const refused = expect.stringMatching(/^BackendError: webgpu: the device refused a command /) as string;
  expect(result.runs).toEqual([
    { replayed: false, message: "no error" },
    { replayed: false, message: "no error" },
    { replayed: false, message: refused },
    { replayed: true, message: "no error" },
    { replayed: true, message: "no error" },
  ]);
  expect(result.written).toEqual(refused);
  expect(result.appended).toEqual([false, false, true, true].map((replayed) => ({ replayed, message: refused })));
});

test("joint work is one dispatch, whatever the formats; with eight storages where they suffice", async ({ skip }) => {
  const result = await run("dispatches");
  if (!result) return skip(NEEDS);
  const one = [1, 1];
  expect(result).toEqual({
    "q, k and v in three formats": one,
    "gate in blocks, up in floats": one,
    "gate and up of a stream": one,
    "down in floats": one,
    "keys and values in f16": one,
    // Ten storages. Apart: a rotation, two scales, two levels, and four times rows into pages.
    "keys and values in 8 bits": [1, 9],
    // Composed: a kernel of its own is still to be made.
    "a sampled token": [2, 2],
  });
});

test("bytes between words are written, and a host write does not overtake pending work", async ({ skip }) => {
  const result = await run("writes");
  if (!result) return skip(NEEDS);
  expect(result).toEqual([
    [1, 2, 30, 40, 50, 6, 7],
    [2, 4],
    [20, 40],
  ]);
});

test("limits and options are refused at once; a bad index spoils what depends on it alone", async ({ skip }) => {
  const result = await run("errors");
  if (!result) return skip(NEEDS);
  expect(result.large).toBe(
    "BackendError: webgpu: a storage of 8000 bytes of f32 exceeds this device's limit of 4096; compute fewer rows or tokens at a time, split the tensor, use a smaller dtype or another backend",
  );
  expect(result.messages).toEqual(["ArgumentError: gather: index 7 is outside [0, 3)", "no error"]);
  expect(result.option).toMatch(
    /^ArgumentError: feature: is not an option of the webgpu backend; did you mean features/,
  );
  expect(result.disposed).toBe("DisposedError: webgpu: backend was disposed; create a new one");
});

const aboveZero = expect.toSatisfy((number: number) => number > 0) as number;

test("a profile counts each dispatch with its bytes and operations, by the device's clock and by the host's", async ({
  skip,
}) => {
  const result = await run("profiles");
  if (!result) return skip(NEEDS);
  for (const { profile, none, nested, failing, submits, dispatches, bytes, roof } of Object.values(result)) {
    // The host may hear of two ends at once.
    const isTimed = (seconds: number): boolean => seconds > 0 || profile.clock === "submits";
    const kernels = profile.kernels.map(({ kernel, seconds, ...counted }) => ({
      ...counted,
      ...{ kernel: kernel === "add" ? kernel : "of a product", isTimed: isTimed(seconds) },
    }));
    expect(kernels.sort((one, other) => other.calls - one.calls)).toEqual([
      { kernel: "add", calls: 2, bytes: 6 * 4 * 4096, flops: 0, isTimed: true },
      {
        ...{ kernel: "of a product", calls: 1, isTimed: true },
        ...{ bytes: 4 * (2 * 64 + 64 ** 2 + 2 * 64), flops: 2 * 2 * 64 ** 2 },
      },
    ]);
    expect({ dispatches, bytes }).toEqual({ dispatches: 3, bytes: 4 * (7 * 4096 + 4 * 64) });
    // A process that is held up between two dispatches makes the whole any times longer than its parts, which
    // profiling/profile.test.ts knows exactly.
    const parts = profile.kernels.reduce((sum, { seconds }) => sum + seconds, 0);
    expect(parts).toBeLessThanOrEqual(profile.seconds * (1 + 1e-9));
    expect(parts).toBeGreaterThan(0);
    expect(none).toEqual({ clock: profile.clock, seconds: 0, kernels: [] });
    expect(nested).toBe("ArgumentError: profile: work is being profiled already; profiles do not nest");
    expect(failing).toBe("Error: no");
    expect(submits).toBe(1);
    // How much, profiling/roof.test.ts knows.
    expect(roof).toMatchObject({ bytesPerSecond: aboveZero, flopsPerSecond: aboveZero });
  }
  expect(result.device.profile.clock).toBe("timestamps");
  expect(result.host.profile.clock).toBe("submits");
});

const refused = /^BackendError: webgpu: the device refused a command \(.+\)$/s;
const noRoom =
  "BackendError: webgpu: the device is out of memory; free tensors, or use a smaller dtype or another backend (there is no room)";

test("a refused batch spoils what it wrote and what is made of that, and nothing else", async ({ skip }) => {
  const result = await run("refusedBatch");
  if (!result) return skip(NEEDS);
  const bad: unknown = expect.stringMatching(refused);
  expect(result.messages).toEqual([bad, bad, "no error", "no error", "no error", "no error"]);
  expect(result.later).toEqual([12, 22, 32]);
  expect(result.doomed).toMatch(refused);
});

test("where there is no room for a buffer it is said, and the next one of its size is another one", async ({
  skip,
}) => {
  const result = await run("noRoom");
  if (!result) return skip(NEEDS);
  expect(result.told).toEqual(Array(4).fill({ missing: noRoom, again: "no error" }));
  expect(result.beside).toBe("no error");
});

test("a matrix of weights beyond the limit lies in several buffers, and says where it cannot be used", async ({
  skip,
}) => {
  const result = await run("splitMatrix");
  if (!result) return skip(NEEDS);
  expect(result).toEqual({
    ...{ held: 12800, handles: 1, isSame: true, isRow: true },
    outside: "ArgumentError: gather: index 100 is outside [0, 100)",
    sum: "BackendError: storage: a matrix of weights that is too large for one storage of this device takes part in linear and gather alone, by whole rows; load it in a smaller dtype, or use another backend",
    narrow:
      "BackendError: webgpu: a storage of 8000 bytes of f32 exceeds this device's limit of 4096; rows of a multiple of 32 columns would be split; use a smaller dtype, a block format such as q8_0, or another backend",
  });
});
