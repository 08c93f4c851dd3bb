import type { Call, KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { sharedSums, subgroupSums, type ThreadSums } from "../../wgsl/thread-sums.ts";
import { kernelShader } from "../module.ts";
import { wordFields } from "../rows/rows.ts";
import { pieceFields, pieceWords, sideFields } from "./matrices.ts";
import {
  columnOf,
  productFields,
  productFlops,
  productKey,
  productPlaces,
  productReads,
  productWords,
  storeProduct,
  type Product,
} from "./product.ts";
import { ontoScale, storeStream, streamVector } from "./stream-row.ts";
import {
  addPart,
  byFormat,
  matricesOf,
  multiplied,
  productSums,
  range,
  sumCount,
  sumNumber,
  type RowSums,
} from "./row-sums.ts";

const THREADS = 64;

/** Rows of weights that a workgroup multiplies: x is read once for all of them. What makes a stream first reads more. */
const rowsPerGroup = ({ onto }: Product): 4 | 8 => (onto ? 8 : 4);

/**
 * Few rows of x: a workgroup multiplies four rows of weights (of a gated product, two of each matrix) with them. Four threads
 * share a unit of 32 weights, neighbours read neighbouring words, and at the end the sums of all threads are added up: by
 * subgroups where the device has them.
 */
export function multiplyRows(context: KernelContext, product: Product): void {
  const { M } = product;
  const sums: RowSums = { tile: M === 1 ? 1 : 4, perMatrix: rowsPerGroup(product) / multiplied(product) };
  const inSubgroups = context.features.has("subgroups");
  const key = `rowProduct ${inSubgroups ? "subgroups " : ""}${sums.tile} ${productKey(product)}`;
  const slots = slotsOf(product, sums.perMatrix);
  context.run({
    shader: context.shader(key, () =>
      makeShader(key, product, sums, (inSubgroups ? subgroupSums : sharedSums)(THREADS, sumCount(product, sums))),
    ),
    ...onSlots(product, slots),
    groups: slots.count,
  });
}

/** How many slots there are, and the words of `sideFields`. */
interface Slots {
  readonly count: number;
  readonly words: readonly number[];
}

/** What a kernel on slots is run on; its parameters are `slotFields`. */
export const onSlots = (product: Product, { count, words }: Slots): Omit<Call, "shader" | "groups"> => ({
  ...{ reads: productPlaces(product), writes: [product.out], flops: productFlops(product) },
  words: [count, ...productWords(product), ...product.pieces.flatMap(pieceWords), ...words],
});

/** Slots of so many rows of the matrices. */
export function slotsOf(product: Product, perSlot: number): Slots {
  const { pieces, activation } = product;
  let count = 0;
  const words = pieces.flatMap(({ rows }, i) => {
    const start = count;
    if (i === 0 || !activation) count += Math.ceil(rows / perSlot);
    return [start, columnOf(product, i)];
  });
  return { count, words };
}

/** Names of the parameters of kernels on slots. */
export const slotFields = (product: Product): Record<string, string> =>
  wordFields(
    ...["slots", ...productFields(product)],
    ...product.pieces.flatMap((_, i) => pieceFields(i)),
    ...sideFields(product.pieces.length),
  );

function makeShader(name: string, product: Product, sums: RowSums, { subgroups, share, total }: ThreadSums): Shader {
  const { tile, perMatrix } = sums;
  const { onto } = product;
  const count = sumCount(product, sums);
  const { lines, texts } = matricesOf(product, "group");
  const names = texts.map((_, matrix) => `sum_of_${matrix}`);
  const squares = productSums(product, sums);
  return kernelShader({
    name,
    reads: productReads(product),
    writes: { out: "f32" },
    params: slotFields(product),
    threads: THREADS,
    subgroups,
    body: wgsl`
  // The grid may have more groups than there are rows.
  if (group >= p.slots) { return; }
${lines}
  let n0 = place * ${perMatrix}u;
  let part = lane & 3u;
${onto ? [ontoScale(THREADS), storeStream(`p.slots * ${THREADS}u`, streamVector(onto, "i", false))] : ""}
  for (var m0 = 0u; m0 < p.m; m0 += ${tile}u) {
    // What was left for other threads is read before it is overwritten.
    if (m0 > 0u) { workgroupBarrier(); }
${range(count).map((v) => wgsl`    var sum_${v} = 0.0;`)}
${byFormat(
  product,
  (one) => wgsl`
    for (var u = lane >> 2u; u < p.units; u += ${THREADS / 4}u) {
${addPart(one, sums, texts)}
    }`,
)}
${share}
    // One thread for each row of weights and of x.
    let row = lane / ${tile}u;
    let m = m0 + lane % ${tile}u;
    if (row < ${perMatrix}u && n0 + row < ${texts[0].rows} && m < p.m) {
      ${product.norm ? wgsl`let scale = ${inverseRoot}(${total(`${squares}u + lane % ${tile}u`)} / f32(32u * p.units) + bitcast<f32>(p.norm_eps));` : ""}
${names.map(
  (sum, matrix) =>
    wgsl`      let ${sum} = ${total(`${sumNumber(sums, matrix, 0, 0)}u + lane`)}${product.norm ? " * scale" : ""};`,
)}
      let n = column + n0 + row;
      ${storeProduct(product, "m", "n", names)}
    }
  }`,
  });
}
