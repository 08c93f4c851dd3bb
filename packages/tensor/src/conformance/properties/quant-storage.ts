import { quantFormatNames } from "../../quant/formats/index.ts";
import { quantize } from "../../quant/quantize.ts";
import { quantizersOf } from "../../quant/quantizers.ts";
import { QuantMatrix } from "../../quant-matrix.ts";
import { PART_ROWS } from "../../write-parts.ts";
import type { Property } from "../case.ts";
import { expectSame, Mismatch } from "../compare.ts";
import { hostTensor } from "../tensor-values.ts";
import { blockFormulas } from "../formulas/quant-formulas.ts";
import { blocksOf, columnsOf, placeQuant, quantDraws, quantValues, type QuantDraw } from "../draws/quant-weights.ts";
import { session } from "../session.ts";

/** However a backend lays a matrix out, the blocks that it gives back are those it was given, at once or in parts. */
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
      expectBytes(`blocks of ${format}`, got, given);
      if (!backend.writePart) return;
      // A part, and another that need not fill what is packed together.
      const rows = [PART_ROWS, draw.rows];
      const parts = rows.map((count) =>
        Uint8Array.from({ length: count * rowBytes }, (_, i) => given[i % given.length]),
      );
      const shape = [PART_ROWS + draw.rows, columnsOf(draw)] as const;
      const matrix = await QuantMatrix.fromParts(backend, format, shape, inOrder(parts));
      const [first, second] = await matrix
        .blocks()
        .then((all) => [all.slice(0, parts[0].length), all.slice(parts[0].length)]);
      matrix.dispose();
      expectBytes(`first ${PART_ROWS} rows of ${format}, written as a part`, first, parts[0]);
      expectBytes(`last rows of ${format}, written as a part`, second, parts[1]);
    }),
}));

async function* inOrder(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

function expectBytes(what: string, got: Uint8Array, expected: Uint8Array): void {
  const at = expected.findIndex((byte, i) => byte !== got[i]);
  if (at >= 0 || got.length !== expected.length)
    throw new Mismatch(`${what}: byte ${at} of ${expected.length} is ${got[at]}, expected ${expected[at]}`);
}

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
