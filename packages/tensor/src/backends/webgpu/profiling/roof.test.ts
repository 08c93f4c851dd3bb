import { expect, test } from "vitest";
import type { Call, KernelContext } from "../kernel-context.ts";
import { THREADS } from "../kernels/module.ts";
import type { Profile } from "./profile.ts";
import { measureRoof, type Roof } from "./roof.ts";

/**
 * The roof of a device that takes some seconds for each repeat of a probe: how many, by the names of the probes. Of every three
 * dispatches `held` are held up for a minute.
 */
async function roofOf(seconds: Readonly<Record<string, number>>, { isFallback = true, held = 2 } = {}) {
  const limits = { groups: 65_535, storageBytes: 2 ** 27 };
  let call: Call | undefined;
  let [dispatches, taken] = [0, 0];
  const context = {
    device: { limits, isFallback },
    take: () => (taken++, { buffer: {}, giveBack: () => void taken-- }),
    run: (given: Call) => void (call = given),
  };
  const profile = async (work: () => Promise<void>): Promise<Profile> => {
    await work();
    const name = call?.shader.name ?? "";
    const took = (call?.words[0] ?? 0) * (seconds[name] ?? NaN) + (dispatches++ % 3 < held ? 60 : 0);
    const kernels = [{ kernel: name, calls: 1, seconds: took, bytes: 0, flops: 0 }];
    return { clock: "timestamps", seconds: took, kernels };
  };
  const measured = measureRoof(context as unknown as KernelContext, profile);
  const roof: Roof | string = await measured.catch(String);
  return { roof, taken };
}

test.each([
  { isFallback: true, swept: 32 * 2 ** 20, groups: 64 },
  { isFallback: false, swept: 2 ** 27, groups: 4096 },
])("the best that probes were seen to do, whatever held the others up: $isFallback", async (device) => {
  const { roof, taken } = await roofOf({ "read sweep": 0.004, "loop in registers": 2e-6 }, device);
  expect(taken).toBe(0);
  // Sixteen numbers are multiplied and added to.
  const flops = device.groups * THREADS * 32;
  expect(roof).toEqual({
    sweptBytes: device.swept,
    bytesPerSecond: expect.closeTo(device.swept / 0.004, -3) as number,
    flopsPerSecond: expect.closeTo(flops / 2e-6, -5) as number,
  });
});

test("a clock that stands still has no roof", async () => {
  const { roof, taken } = await roofOf({ "read sweep": 0, "loop in registers": 0 }, { held: 0 });
  expect(roof).toBe("BackendError: roof: read sweep took no time by the device's clock; use another device");
  expect(taken).toBe(0);
});
