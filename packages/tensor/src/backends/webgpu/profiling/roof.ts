import { BackendError } from "../../../errors.ts";
import type { Call, KernelContext } from "../kernel-context.ts";
import { kernelShader, THREADS } from "../kernels/module.ts";
import { wordFields } from "../kernels/rows/rows.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl } from "../wgsl/tag.ts";
import type { Profile } from "./profile.ts";

/** The most that a device was seen to do: no kernel gets beyond both of these. */
export interface Roof {
  /** Of sweeps over a large buffer, read in words of 16 bytes. */
  readonly bytesPerSecond: number;
  /** Multiplications and additions of f32 in registers. */
  readonly flopsPerSecond: number;
  /** Length of the buffer that was swept. */
  readonly sweptBytes: number;
}

/** Larger than the caches of cards; a processor that plays one would only take long. */
const SWEPT = { card: 256 * 2 ** 20, software: 32 * 2 ** 20 } as const;

/** Workgroups: enough to keep any device busy. */
const GROUPS = { card: 4096, software: 64 } as const;

/** How long a probe is to last, in seconds, and how often it is repeated in a dispatch at most. */
const LASTING = 0.02;
const MOST_REPEATS = 2 ** 24;

/** A probe counts as fast as the best of so many dispatches. */
const TIMES = 3;

/** Sixteen numbers, each multiplied and added to. */
const FLOPS = 16 * 2;

/** Finds the roof, by kernels that do nothing else. @throws BackendError where the device's clock stands still */
export async function measureRoof(
  context: KernelContext,
  profile: (work: () => Promise<void>) => Promise<Profile>,
): Promise<Roof> {
  const { limits, isFallback } = context.device;
  const kind = isFallback ? "software" : "card";
  const groups = Math.min(GROUPS[kind], limits.groups);
  const sweptBytes = Math.min(SWEPT[kind], Math.floor(limits.storageBytes / 16) * 16);
  const [data, sums] = [context.take(sweptBytes), context.take(4 * groups * THREADS)];
  const [reads, writes] = [
    [{ temporary: data.buffer, bytes: sweptBytes }],
    [{ temporary: sums.buffer, bytes: 4 * groups * THREADS }],
  ];
  const lasting = async (call: Omit<Call, "words" | "groups" | "writes">, repeats: number): Promise<number> => {
    const words = [repeats, groups * THREADS, sweptBytes / 16];
    const seconds: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const { kernels } = await profile(() => Promise.resolve(context.run({ ...call, writes, words, groups })));
      seconds.push(kernels.reduce((sum, kernel) => sum + kernel.seconds, 0));
    }
    return Math.min(...seconds);
  };
  /** How often a second a probe can be repeated. */
  const rate = async (call: Omit<Call, "words" | "groups" | "writes">): Promise<number> => {
    let repeats = 1;
    let seconds = await lasting(call, repeats);
    while (seconds < LASTING && repeats < MOST_REPEATS) {
      repeats *= Math.min(64, Math.max(2, Math.ceil(LASTING / Math.max(seconds, 1e-6))));
      seconds = await lasting(call, repeats);
    }
    if (seconds > 0) return repeats / seconds;
    throw new BackendError("roof", `${call.shader.name} took no time by the device's clock; use another device`);
  };
  try {
    const sweeps = await rate({ shader: sweepShader(), reads });
    const loops = await rate({ shader: loopShader(), reads: [] });
    return {
      bytesPerSecond: sweeps * sweptBytes,
      flopsPerSecond: loops * groups * THREADS * FLOPS,
      sweptBytes,
    };
  } finally {
    data.giveBack();
    sums.giveBack();
  }
}

const params = wordFields("repeats", "threads", "length");

const sweepShader = (): Shader =>
  kernelShader({
    name: "read sweep",
    reads: { data: "vec4<f32>" },
    writes: { sums: "f32" },
    params,
    body: wgsl`
  if (thread >= p.threads) { return; }
  var sum = vec4<f32>();
  for (var n = 0u; n < p.repeats; n++) {
    for (var i = thread; i < p.length; i += p.threads) { sum += data[i]; }
  }
  sums[thread] = sum.x + sum.y + sum.z + sum.w;`,
  });

const loopShader = (): Shader =>
  kernelShader({
    name: "loop in registers",
    writes: { sums: "f32" },
    params,
    body: wgsl`
  if (thread >= p.threads) { return; }
  // What no compiler knows.
  let factor = 1.0 / f32(p.threads);
  let addend = f32(lane);
  var a = vec4<f32>(0.1);
  var b = vec4<f32>(0.2);
  var c = vec4<f32>(0.3);
  var d = vec4<f32>(0.4);
  for (var n = 0u; n < p.repeats; n++) {
    a = a * factor + addend;
    b = b * factor + addend;
    c = c * factor + addend;
    d = d * factor + addend;
  }
  let sum = a + b + c + d;
  sums[thread] = sum.x + sum.y + sum.z + sum.w;`,
  });
