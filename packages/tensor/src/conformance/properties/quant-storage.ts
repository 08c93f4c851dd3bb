import { quantFormatNames } from "../../quant/formats.ts";
import { quantize } from "../../quant/quantize.ts";
import { quantizersOf } from "../../quant/quantizers.ts";
import { QuantMatrix } from "../../quant-matrix.ts";
import type { Property } from "../case.ts";
import { expectSame, Mismatch } from "../compare.ts";
import { hostTensor } from "../host-tensor.ts";
import { blockFormulas } from "../quant-formulas.ts";
import { blocksOf, columnsOf, placeQuant, quantDraws, quantValues, type QuantDraw } from "../quant-weights.ts";
import { session } from "../session.ts";

/** However a backend lays a matrix out, the blocks that it gives back are those it was given. */
const roundTrip: readonly Property<QuantDraw>[] = quantFormatNames.map((format) => ({
  format,
  title: `${format}: a matrix gives back its blocks`,
  draws: quantDraws(format, "extreme"),
  holds: (backend, draw) =>
    session(async (s) => {
      const { bytes } = blockFormulas[format];
      const rowBytes = draw.blocks * bytes;
      const given = blocksOf(draw).subarray(draw.firstRow * rowBytes, (draw.firstRow + draw.rows) * rowBytes);
      const got = await s.run(() => placeQuant(backend, draw)).blocks();
      const at = given.findIndex((byte, i) => byte !== got[i]);
      if (at >= 0 || got.length !== given.length)
        throw new Mismatch(`blocks of ${format}: byte ${at} of ${given.length} is ${got[at]}, expected ${given[at]}`);
    }),
}));

/** Quantising what a matrix holds changes nothing: every value is a level of its own block. */
const idempotent: readonly Property<QuantDraw>[] = quantFormatNames
  .filter((format) => blockFormulas[format].weights === 32 && quantizersOf(format).reference)
  .map((format) => ({
    format,
    title: `${format}: quantising the dequantised rows again gives the same weights`,
    draws: quantDraws(format),
    holds: (backend, draw) =>
      session(async (s) => {
        const columns = columnsOf(draw);
        const values = Float32Array.from(quantValues(draw).data);
        const requantize = async (of: Float32Array): Promise<Float32Array> => {
          const blocks = quantize(format, of, columns, { method: "reference" });
          return s.run(() => QuantMatrix.fromBlocks(backend, format, [draw.rows, columns], blocks)).data();
        };
        const once = await requantize(values);
        const twice = await requantize(once);
        const shape = [draw.rows, columns];
        expectSame("quantised twice beside once", hostTensor("f32", shape, twice), hostTensor("f32", shape, once));
      }),
  }));

export const quantStorageProperties: readonly Property<QuantDraw>[] = [...roundTrip, ...idempotent];
