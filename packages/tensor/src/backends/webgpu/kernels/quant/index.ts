import { kernelEntry, type KernelEntries } from "../../../../contract/kernel-table.ts";
import type { WeightOperand } from "../../../../contract/operand.ts";
import { quantFormatNames } from "../../../../quant/formats/index.ts";
import { anyFormat, f32, floats } from "../../../host/accepts.ts";
import type { KernelContext } from "../../kernel-context.ts";
import { hasUnits } from "./matrices.ts";
import { createGatherQuant } from "./gather-quant.ts";
import {
  canMakeStream,
  createGatedProjection,
  createProduct,
  createProjections,
  createResidualProjection,
} from "./products.ts";

type QuantOp = "gatherQuant" | "quantMatmul" | "projections" | "gatedProjection" | "residualProjection";

const formats = [...quantFormatNames, ...floats];

/** What floats must be to be read as blocks are. */
const asUnits = "weights in floats whose rows lie one after the other, of a multiple of 32 columns";

const haveUnits = (...weights: readonly (WeightOperand | undefined)[]): boolean =>
  weights.every((weight) => !weight || "format" in weight || hasUnits(weight));

/** Kernels on weights in blocks and in floats: every format has one reader, which all of them use. */
export function quantKernels(context: KernelContext): KernelEntries<QuantOp> {
  const { storages } = context.device.limits;
  return {
    gatherQuant: [kernelEntry(anyFormat.gatherQuant, createGatherQuant(context))],
    quantMatmul: [kernelEntry(anyFormat.quantMatmul, createProduct(context))],
    projections: [
      kernelEntry<"projections">(
        {
          ...{ out: f32, x: f32, norm: floats, first: formats, second: formats, third: formats },
          ...{ firstBias: floats, secondBias: floats, thirdBias: floats },
        },
        createProjections(context),
        { says: asUnits, holds: ({ first, second, third }) => haveUnits(first, second, third) },
      ),
    ],
    gatedProjection: [
      kernelEntry<"gatedProjection">(
        { out: f32, x: f32, norm: floats, gate: formats, up: formats, gateBias: floats, upBias: floats },
        createGatedProjection(context),
        { says: asUnits, holds: ({ gate, up }) => haveUnits(gate, up) },
      ),
      kernelEntry<"gatedProjection">(
        {
          ...{ out: f32, x: f32, residual: f32, ontoNorm: floats, norm: floats, gate: formats, up: formats },
          ...{ gateBias: floats, upBias: floats },
        },
        createGatedProjection(context),
        {
          says: `beside a residual one row of x, at most ${storages} storages, on a processor that plays a card small matrices, and ${asUnits}`,
          holds: (inputs, params, out) =>
            haveUnits(inputs.gate, inputs.up) && canMakeStream(context.device)(inputs, params, out),
        },
      ),
    ],
    residualProjection: [
      kernelEntry<"residualProjection">(
        { out: f32, x: f32, weight: formats, residual: f32, bias: floats },
        createResidualProjection(context),
        { says: asUnits, holds: ({ weight }) => haveUnits(weight) },
      ),
    ],
  };
}
