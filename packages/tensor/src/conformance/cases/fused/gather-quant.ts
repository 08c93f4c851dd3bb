import fc from "fast-check";
import type { QuantFormatName } from "../../../contract/operand.ts";
import { ArgumentError, DTypeError } from "../../../errors.ts";
import type { DType } from "../../../dtypes/dtype.ts";
import { gatherQuant } from "../../../ops/gather-quant.ts";
import { quantFormatNames } from "../../../quant/formats/index.ts";
import { scope } from "../../../scope.ts";
import { tensor } from "../../../tensor.ts";
import type { Call, ConformanceCase } from "../../case.ts";
import { at, expected, flatIndex, sliceOf } from "../../tensor-values.ts";
import type { LayoutDraw } from "../../draws/memory-layout.ts";
import { roundTo } from "../../formulas/number-format.ts";
import { quantStorageProperties } from "../../properties/quant-storage.ts";
import {
  columnsOf,
  placeQuant,
  quantDraws,
  quantValues,
  smallMatrix,
  type QuantDraw,
} from "../../draws/quant-weights.ts";
import { laneLengths, layouts, seeds, shapes } from "../../draws/shapes.ts";

interface Params {
  readonly table: QuantDraw;
}

const contiguous: LayoutDraw = { kind: "contiguous", seed: 0 };

const call = (
  table: QuantDraw,
  shape: readonly number[],
  layout: LayoutDraw,
  seed: number,
): Call<"gatherQuant", Params> => ({
  inputs: {
    indices: { dtype: "i32", shape, layout, fill: { kind: "integers", low: 0, high: table.rows - 1, seed } },
  },
  params: { table },
});

const example = (format: QuantFormatName, rows: number): QuantDraw => ({
  ...{ format, rows, firstRow: rows % 3, rowsAfter: rows % 2, blocks: 1 + (rows % 3), scales: "usual", seed: rows },
});

/** out […indices, K] = table[indices]; the kind's dtype is that of the result, the variant the format */
export const gatherQuantCase: ConformanceCase<"gatherQuant", Params> = {
  op: "gatherQuant",
  dtypes: ["f32", "f16", "bf16"],
  variants: () => quantFormatNames,
  elementwise: true,
  calls: ({ variant }) =>
    fc
      .record({ table: quantDraws(variant as QuantFormatName), shape: shapes(0, 2), layout: layouts, seed: seeds })
      .map(({ table, shape, layout, seed }) =>
        call(
          table,
          shape.map((n) => Math.min(n, 9)),
          layout,
          seed,
        ),
      ),
  examples: ({ variant }) => [
    ...laneLengths.map((rows) => call(example(variant as QuantFormatName, rows), [3], contiguous, rows)),
    call(example(variant as QuantFormatName, 4), [], contiguous, 1),
    call(example(variant as QuantFormatName, 4), [2, 0], contiguous, 2),
  ],
  specials: ({ variant }) =>
    [1, 2, 3, 4].map((seed) =>
      call({ ...example(variant as QuantFormatName, 9), scales: "extreme", seed }, [9], contiguous, seed),
    ),
  run: (backend, { indices }, { table }, { dtype }) =>
    scope(() => gatherQuant(placeQuant(backend, table), indices, { dtype })),
  oracle: ({ inputs: { indices }, params: { table } }, { dtype }) => {
    const weights = quantValues(table);
    return expected(dtype, [...indices.shape, columnsOf(table)], (index) => {
      const row = at(indices, ...index.slice(0, -1));
      return roundTo("f32", weights.data[flatIndex(weights.shape, [row, index[index.length - 1]])]);
    });
  },
  tolerance: () => ({ kind: "exact", reason: "a format defines its weights in f32; they are rounded once into dtype" }),
  rows: ({ inputs: { indices }, params }) =>
    Array.from({ length: indices.shape[0] ?? 0 }, (_, i) => ({
      title: `entry ${i} of indices`,
      call: { inputs: { indices: sliceOf(indices, 0, i) }, params },
      of: (result) => sliceOf(result, 0, i),
    })),
  misuses: ({ backend, make }) => {
    const table = () => smallMatrix(backend, 3);
    const pick = (index: number, dtype: DType = "f32") =>
      scope(() => gatherQuant(table(), tensor(backend, [index], { dtype: "i32" }), { dtype }));
    return [
      { title: "index past the end", run: () => pick(3), error: ArgumentError, mentions: ["gatherQuant", "index 3"] },
      { title: "negative index", run: () => pick(-1), error: ArgumentError, mentions: ["gatherQuant", "index -1"] },
      { title: "result dtype", run: () => pick(0, "u8"), error: DTypeError, mentions: ["gatherQuant", "q8_0", "u8"] },
      {
        title: "index dtype",
        run: () => scope(() => gatherQuant(table(), make([1]))),
        error: DTypeError,
        mentions: ["gatherQuant", "f32", "i32"],
      },
    ];
  },
  properties: quantStorageProperties,
};
