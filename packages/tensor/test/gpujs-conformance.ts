import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { ConformanceOptions, Skip } from "@helium-lm/tensor/conformance/options";
import type { CaseOp } from "@helium-lm/tensor/conformance/case";

/** The part of the suite's options that does not depend on where it runs. */
type Shared = Omit<ConformanceOptions, "create">;

const turns =
  "sin and cos of the largest numbers need a reduction by many more digits of π than f32 arithmetic has; they are NaN";

/** What no mode can do. */
const everywhere: readonly Skip[] = (["sin", "cos"] as const).flatMap((variant) =>
  (["f32", "bf16"] as const).flatMap((dtype) =>
    (["specials", "sprinkled"] as const).map(
      (check) => ({ op: "unary", variant, dtype, check, reason: turns }) as const,
    ),
  ),
);

const flushed = "the device flushes subnormal f32 to zero; gpujs-browser.test.ts checks the other special values";

/** Ops whose special values include subnormals that a kernel would have to compute with. */
const flushing: readonly CaseOp[] = ["cast", "unary", "binary", "compare", "reduce", "gatedActivation"];

/** What a graphics device does differently: f32 without subnormals. */
const onDevices: readonly Skip[] = flushing.flatMap((op) =>
  (["f32", "bf16"] as const).flatMap((dtype) =>
    (["specials", "sprinkled"] as const).map((check) => ({ op, dtype, check, reason: flushed })),
  ),
);

/** How the gpujs backend is held to the conformance suite in a mode. */
export function gpuJsConformance(mode: GpuJsMode): Shared {
  const device = mode !== "cpu" && mode !== "webasm";
  return {
    name: `gpujs ${mode}`,
    skip: device ? [...everywhere, ...onDevices] : everywhere,
    // Building kernels takes the time: in software here, a tenth of a second each.
    runs: mode === "cpu" ? 12 : mode === "webasm" ? 1 : 3,
  };
}
