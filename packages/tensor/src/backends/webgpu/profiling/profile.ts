import { ArgumentError } from "../../../errors.ts";
import type { Commands } from "../commands.ts";
import type { Device } from "../device/device.ts";
import type { Clock } from "./clock.ts";
import { SubmitClock } from "./submit-clock.ts";
import { TimestampClock } from "./timestamp-clock.ts";

/** What the dispatches of one kernel took. */
export interface KernelProfile {
  readonly kernel: string;
  readonly calls: number;
  readonly seconds: number;
  /** That they read and wrote, each byte of a storage once; what lies in pages, as far as the tables reach. */
  readonly bytes: number;
  /** Multiplications and additions of products; 0 where a kernel does not count them. */
  readonly flops: number;
}

/** What some work took on the device. */
export interface Profile {
  /** `timestamps` of the device, or, without its feature `timestamp-query`, rougher times of `submits` of one command each. */
  readonly clock: Clock["kind"];
  /** From the begin of the first dispatch to the end of the last. */
  readonly seconds: number;
  /** By kernel, the longest first. */
  readonly kernels: readonly KernelProfile[];
}

/**
 * Profiles work: meanwhile each dispatch is a pass of its own, which takes longer than passes of many.
 *
 * @throws ArgumentError where work is being profiled already
 */
export async function profileWork(device: Device, commands: Commands, work: () => Promise<unknown>): Promise<Profile> {
  if (commands.clock) throw new ArgumentError("profile", "work is being profiled already; profiles do not nest");
  const clock: Clock = device.features.has("timestamp-query") ? new TimestampClock(device) : new SubmitClock(device);
  await commands.finish();
  commands.clock = clock;
  try {
    await work();
    await commands.finish();
  } finally {
    commands.clock = null;
  }
  try {
    return await profileOf(clock);
  } finally {
    clock.dispose();
  }
}

async function profileOf(clock: Clock): Promise<Profile> {
  const kernels = new Map<string, KernelProfile>();
  let [begin, end] = [Infinity, -Infinity];
  for (const [{ pipeline, traffic, flops }, span] of await clock.spans()) {
    const kernel = pipeline.shader.name;
    const sum = kernels.get(kernel) ?? { kernel, calls: 0, seconds: 0, bytes: 0, flops: 0 };
    kernels.set(kernel, {
      kernel,
      calls: sum.calls + 1,
      // Some drivers give an end before its begin.
      seconds: sum.seconds + Math.max(0, span.end - span.begin),
      bytes: sum.bytes + traffic.read + traffic.written,
      flops: sum.flops + flops,
    });
    begin = Math.min(begin, span.begin);
    end = Math.max(end, span.end);
  }
  return {
    clock: clock.kind,
    seconds: Math.max(0, end - begin),
    kernels: [...kernels.values()].sort((a, b) => b.seconds - a.seconds),
  };
}
