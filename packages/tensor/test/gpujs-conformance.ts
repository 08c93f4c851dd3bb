import type { GpuJsMode } from "@helium-lm/tensor/backends/gpujs";
import type { ConformanceOptions } from "@helium-lm/tensor/conformance/options";
import { quantFormatNames } from "../src/quant/index.ts";

/** Formats whose blocks the kernels read; matrices of the others are loaded as floats. */
const packed = ["q8_0", "q4_0"];
const expanded = quantFormatNames.filter((format) => !packed.includes(format));

const quantOps = [
  "quantMatmul",
  "quantProjections",
  "quantGatedProjection",
  "quantResidualProjection",
  "gatherQuant",
] as const;

/** How the gpujs backend is held to the conformance suite in a mode. */
export function gpuJsConformance(mode: GpuJsMode): Omit<ConformanceOptions, "create"> {
  const onDevice = mode !== "cpu" && mode !== "webasm";
  return {
    name: `gpujs ${mode}`,
    skip: expanded.flatMap((format) =>
      quantOps.map((op) => ({
        op,
        format,
        reason: "loaded as floats, not as blocks",
      })),
    ),
    ...(onDevice && { flushesSubnormals: "the device computes without subnormals" }),
    // Building kernels takes the time: in software here, a tenth of a second each.
    runs: mode === "cpu" ? 12 : mode === "webasm" ? 1 : 3,
  };
}
