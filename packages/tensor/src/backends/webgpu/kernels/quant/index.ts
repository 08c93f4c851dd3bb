import { kernelEntry, type KernelEntries } from "../../../../contract/kernel-table.ts";
import { quantFormatNames as formats } from "../../../../quant/formats/index.ts";
import { anyFormat, f32, floats } from "../../../host/accepts.ts";
import type { KernelContext } from "../../kernel-context.ts";
import { createGatherQuant } from "./gather-quant.ts";
import {
  createQuantGatedProjection,
  createQuantMatmul,
  createQuantProjections,
  createQuantResidualProjection,
} from "./products.ts";

type QuantOp = "gatherQuant" | "quantMatmul" | "quantProjections" | "quantGatedProjection" | "quantResidualProjection";

/** Kernels on block-quantised matrices: every format has one reader, which all of them use. */
export const quantKernels = (context: KernelContext): KernelEntries<QuantOp> => ({
  gatherQuant: [kernelEntry(anyFormat.gatherQuant, createGatherQuant(context))],
  quantMatmul: [kernelEntry(anyFormat.quantMatmul, createQuantMatmul(context))],
  quantProjections: [
    kernelEntry<"quantProjections">(
      { out: f32, x: f32, norm: floats, first: formats, second: formats, third: formats },
      createQuantProjections(context),
    ),
  ],
  quantGatedProjection: [
    kernelEntry<"quantGatedProjection">(
      { out: f32, x: f32, norm: floats, gate: formats, up: formats },
      createQuantGatedProjection(context),
    ),
  ],
  quantResidualProjection: [
    kernelEntry<"quantResidualProjection">(
      { out: f32, x: f32, weight: formats, residual: f32 },
      createQuantResidualProjection(context),
    ),
  ],
});
