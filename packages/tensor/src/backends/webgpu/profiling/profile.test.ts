import { afterEach, expect, test, vi } from "vitest";
import type { Commands } from "../commands.ts";
import type { Device } from "../device/device.ts";
import type { Dispatch } from "../dispatch.ts";
import { idleGpu } from "../rehearsal/idle-device.ts";
import type { Clock } from "./clock.ts";
import { profileWork, type Profile } from "./profile.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const dispatch = (name: string, read: number, written: number, flops = 0): Dispatch =>
  ({ pipeline: { shader: { name } }, traffic: { read, written }, flops }) as unknown as Dispatch;

/** Profiles what is done with the clock. */
function profiled(gpu: GPUDevice, features: readonly string[], work: (clock: Clock) => Promise<void>) {
  const commands = { clock: null as Clock | null, finish: async () => undefined };
  const device = { gpu, features: new Set(features) } as unknown as Device;
  return profileWork(device, commands as unknown as Commands, async () => {
    if (commands.clock) await work(commands.clock);
  });
}

/** A device with memory for timestamps. */
function clockedGpu(): GPUDevice {
  const buffer = ({ size }: GPUBufferDescriptor) => {
    const words = new BigUint64Array(size / 8);
    return { words, mapAsync: async () => undefined, getMappedRange: () => words.buffer, destroy: () => undefined };
  };
  type Words = { readonly words: BigUint64Array };
  const encoder = {
    resolveQuerySet: (set: Words, first: number, count: number, to: Words, offset: number) =>
      to.words.set(set.words.subarray(first, first + count), offset / 8),
    copyBufferToBuffer: (from: Words, _: number, to: Words) => to.words.set(from.words),
    finish: () => ({}),
  };
  return Object.assign(idleGpu({ limits: {}, features: new Set() }), {
    createQuerySet: ({ count }: GPUQuerySetDescriptor) => buffer({ size: 8 * count, usage: 0 }),
    createBuffer: buffer,
    createCommandEncoder: () => encoder,
  });
}

/** Does what a device does at the ends of a pass, at these nanoseconds. */
function pass(clock: Clock, of: Dispatch, begin: bigint, end: bigint): void {
  const writes = clock.pass(of).timestampWrites;
  const { words } = writes?.querySet as unknown as { readonly words: BigUint64Array };
  words[writes?.beginningOfPassWriteIndex ?? -1] = begin;
  words[writes?.endOfPassWriteIndex ?? -1] = end;
}

/** Seconds of a profile, to the nanosecond. */
const nanoseconds = ({ seconds, kernels }: Profile) => ({
  whole: Math.round(seconds * 1e9),
  ...Object.fromEntries(kernels.map(({ kernel, seconds: parts }) => [kernel, Math.round(parts * 1e9)])),
});

test("by the device's timestamps: each kernel's passes, and the whole from the first to the last, pauses included", async () => {
  const since = 2n ** 62n;
  const profile = await profiled(clockedGpu(), ["timestamp-query"], async (clock) => {
    pass(clock, dispatch("add", 80, 40), since, since + 1_500n);
    // Nothing runs for a second.
    pass(clock, dispatch("linear", 300, 20, 640), since + 1_000_001_500n, since + 1_000_004_000n);
    pass(clock, dispatch("add", 80, 40), since + 1_000_004_000n, since + 1_000_004_250n);
    // Its end is before its begin.
    pass(clock, dispatch("odd", 8, 4), since + 1_000_004_300n, since + 1_000_004_200n);
  });
  expect(profile.clock).toBe("timestamps");
  expect(nanoseconds(profile)).toEqual({ whole: 1_000_004_250, linear: 2_500, add: 1_750, odd: 0 });
  expect(profile.kernels.map(({ seconds: _, ...counted }) => counted)).toEqual([
    { kernel: "linear", calls: 1, bytes: 320, flops: 640 },
    { kernel: "add", calls: 2, bytes: 240, flops: 0 },
    { kernel: "odd", calls: 1, bytes: 12, flops: 0 },
  ]);
});

test("more dispatches than a set of timestamps holds", async () => {
  const profile = await profiled(clockedGpu(), ["timestamp-query"], async (clock) => {
    for (let i = 0n; i < 5_000n; i++) pass(clock, dispatch("add", 8, 4), 10n * i, 10n * i + 7n);
  });
  expect(nanoseconds(profile)).toEqual({ whole: 49_997, add: 35_000 });
  expect(profile.kernels[0]?.calls).toBe(5_000);
});

test("by the host's clock: from a submit, or the end before, until the host hears of its end", async () => {
  const ends: (() => void)[] = [];
  const gpu = idleGpu({ limits: {}, features: new Set() });
  gpu.queue.onSubmittedWorkDone = () => new Promise((resolve) => ends.push(() => resolve(undefined)));
  const now = vi.spyOn(performance, "now");
  const at = async (ms: number, act: (() => void) | undefined): Promise<void> => {
    now.mockReturnValue(ms);
    act?.();
    await new Promise(setImmediate);
  };
  const profile = await profiled(gpu, [], async (clock) => {
    const submit = (name: string) => () => {
      clock.pass(dispatch(name, 8, 4));
      clock.submitted();
    };
    await at(1000, submit("add"));
    await at(1010, submit("mul"));
    await at(1050, ends[0]);
    await at(1070, ends[1]);
    // Nothing was under way for 30 ms.
    await at(1100, submit("add"));
    await at(1104, ends[2]);
  });
  now.mockRestore();
  expect(profile.clock).toBe("submits");
  expect(nanoseconds(profile)).toEqual({ whole: 104e6, add: 54e6, mul: 20e6 });
});

test("of no work", async () => {
  const none = await profiled(clockedGpu(), ["timestamp-query"], async () => undefined);
  expect(none).toEqual({ clock: "timestamps", seconds: 0, kernels: [] });
});
