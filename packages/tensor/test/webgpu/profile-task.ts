import { add, linear, reshape, scope, tensor, zeros } from "@helium-lm/tensor";
import { createWebGpuBackend, type Profile, type Roof } from "@helium-lm/tensor/backends/webgpu";

// Without the last one, times are whole tenths of a millisecond, as pages get them; short kernels take none.
const dawnFlags = [
  "enable-dawn-features=allow_unsafe_apis,disable_workgroup_init",
  "disable-dawn-features=timestamp_quantization",
];

export interface ProfileOutcome {
  readonly profile: Profile;
  /** What the backend counts of the same work. */
  readonly dispatches: number;
  readonly bytes: number;
  /** Profiles of no work, within a profile, of work that fails. */
  readonly none: Profile;
  readonly nested: string;
  readonly failing: string;
  /** What work takes when nothing is profiled any more. */
  readonly submits: number;
  readonly roof: Roof;
}

/** Two sums of 4,096 elements and a product [2, 64] × [64, 64]. */
async function profileOn(features: "auto" | "none"): Promise<ProfileOutcome> {
  const backend = await createWebGpuBackend({ dawnFlags, features });
  const [a, b] = [
    zeros(backend, [4096]),
    tensor(
      backend,
      Float32Array.from({ length: 4096 }, (_, i) => i),
    ),
  ];
  const x = zeros(backend, [2, 64]);
  const work = async (): Promise<void> => {
    const results = scope(() => [add(a, b), add(b, a), linear(x, reshape(b, [64, 64]))]);
    await Promise.all(results.map((result) => result.data()));
    for (const result of results) result.dispose();
  };
  const counts = (): Record<"dispatches" | "bytesRead" | "bytesWritten" | "submits", number> => {
    const { dispatches, bytesRead, bytesWritten, submits } = backend.info();
    return {
      ...{ dispatches: Number(dispatches), submits: Number(submits) },
      ...{ bytesRead: Number(bytesRead), bytesWritten: Number(bytesWritten) },
    };
  };
  const messageOf = (run: Promise<unknown>): Promise<string> => run.then(() => "no error", String);
  // Compiled.
  await work();
  const before = counts();
  const profile = await backend.profile(work);
  const after = counts();
  const none = await backend.profile(() => Promise.resolve());
  const nested = await messageOf(backend.profile(() => backend.profile(work)));
  const failing = await messageOf(backend.profile(() => Promise.reject(new Error("no"))));
  const { submits } = counts();
  await work();
  const submitsOfWork = counts().submits - submits;
  const roof = await backend.roof();
  backend.dispose();
  return {
    ...{ profile, none, nested, failing, roof, submits: submitsOfWork },
    dispatches: after.dispatches - before.dispatches,
    bytes: after.bytesRead + after.bytesWritten - before.bytesRead - before.bytesWritten,
  };
}

/** With the device's clock and with the host's. */
export const profiles = async (): Promise<Record<"device" | "host", ProfileOutcome>> => ({
  device: await profileOn("auto"),
  host: await profileOn("none"),
});
