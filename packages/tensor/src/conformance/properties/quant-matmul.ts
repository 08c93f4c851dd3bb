import fc from "fast-check";
import { quantMatmul } from "../../ops/fused/quant-matmul.ts";
import { quantFormatNames } from "../../quant/formats/index.ts";
import type { Property } from "../case.ts";
import { expectWithin, type Tolerance } from "../compare.ts";
import { expected, hostTensor } from "../tensor-values.ts";
import { download, uploadDense } from "../draws/memory-layout.ts";
import { columnsOf, placeQuant, quantDraws, quantValues, type QuantDraw } from "../draws/quant-weights.ts";
import { session } from "../session.ts";
import { seeds } from "../draws/shapes.ts";

interface OneHotDraw {
  readonly weight: QuantDraw;
  readonly M: number;
  readonly seed: number;
}

const tolerance: Tolerance = {
  kind: "relative",
  factor: 8,
  terms: 1,
  intermediate: "f32",
  reason: "one product and zeros: a few roundings of scale, product and min",
};

/**
 * A row of x with one element s at place k gives s times column k of the weights. However activations are rounded, s is
 * the largest of its run and stays what it is, so a weight taken from a wrong place shows.
 */
export const oneHotProperties: readonly Property<OneHotDraw>[] = quantFormatNames.map((format) => ({
  format,
  title: `${format}: a row with one element gives that column`,
  draws: fc.record({ weight: quantDraws(format), M: fc.integer({ min: 1, max: 9 }), seed: seeds }),
  holds: (backend, { weight, M, seed }, slack) =>
    session(async (s) => {
      const K = columnsOf(weight);
      const place = (m: number): number => (seed + 7 * m) % K;
      const size = (m: number): number => (m % 2 ? -1 : 1) * (1 + ((seed + m) % 5));
      const x = hostTensor(
        "f32",
        [M, K],
        Array.from({ length: M * K }, (_, i) => {
          const m = Math.floor(i / K);
          return i % K === place(m) ? size(m) : 0;
        }),
      );
      const got = await download(s.run(() => quantMatmul(uploadDense(backend, x), placeQuant(backend, weight))));
      const { data, magnitude } = quantValues(weight);
      const want = expected("f32", [M, weight.rows], ([m, n]) => {
        const at = n * K + place(m);
        return [size(m) * data[at], Math.abs(size(m)) * magnitude[at]];
      });
      expectWithin("one-hot rows", got, want, tolerance, slack);
    }),
}));
