import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";

const quantOps = ["quantMatmul", "gatherQuant"] as const;

/** How the gpujs backend is held to the conformance suite in a mode. */
export function gpuJsConformance(mode: GpuJsMode): Omit<ConformanceOptions, "create"> {
  const onDevice = mode !== "cpu" && mode !== "webasm";
  return {
    name: `gpujs ${mode}`,
    skip: quantOps.map((op) => ({ op, reason: "keeps no block-quantised matrices" })),
    ...(onDevice && { flushesSubnormals: "the device computes without subnormals" }),
    // Building kernels takes the time: in software here, a tenth of a second each.
    runs: mode === "cpu" ? 12 : mode === "webasm" ? 1 : 3,
  };
}
