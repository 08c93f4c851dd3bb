import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { partReaders, partWeights } from "../../wgsl/weight-parts.ts";
import { helper, wgsl } from "../../wgsl/tag.ts";
import { UNIT } from "../../quant-layout.ts";
import { kernelShader } from "../module.ts";
import { pieceFields, pieceWords, wordsOf } from "./matrices.ts";
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

/** Rows of x and of weights of a tile of the result. */
const TILE = 32;
/** A thread has 4 × 4 sums. */
const THREADS = (TILE / 4) ** 2;
/** Distance of the columns of a tile in shared memory: not a multiple of the banks. */
const PITCH = TILE + 1;

/**
 * Many rows of x: a workgroup makes 32 × 32 elements of the result. Unit by unit (32 columns) it brings 32 rows of x and of
 * weights, as floats, into shared memory, from which every thread multiplies four rows with four.
 */
export function multiplyTiles(context: KernelContext, product: Product): void {
  const { pieces, M, out } = product;
  const key = `tileProduct ${productKey(product)}`;
  const across = Math.ceil(pieces[0].rows / TILE);
  context.run({
    shader: context.shader(key, () => makeShader(key, product)),
    ...{ reads: productPlaces(product), writes: [out], flops: productFlops(product) },
    words: [across, columnOf(product, 0), ...productWords(product), ...pieces.flatMap(pieceWords)],
    groups: across * Math.ceil(M / TILE),
  });
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function makeShader(name: string, product: Product): Shader {
  const { pieces } = product;
  const xs = helper(wgsl`var<workgroup> xs: array<f32, ${UNIT * PITCH}>;`);
  const ws = pieces.map((_, i) => helper(wgsl`var<workgroup> ws_${i}: array<f32, ${UNIT * PITCH}>;`));
  const bringWeights = pieces.map(({ format }, i) => {
    const reader = partReaders[format];
    const [low, high] = partWeights(reader);
    return wgsl`
    for (var i = lane; i < ${TILE * 4}u; i += ${THREADS}u) {
      let part = i & 3u;
      let row = i >> 2u;
      let unit = p.first_unit_${i} + min(n0 + row, p.rows_${i} - 1u) * p.units + u;
      ${reader.load("unit", "part", wordsOf(i))}
      let lowWeights = ${low};
      let highWeights = ${high};
      for (var c = 0u; c < 4u; c++) {
        ${ws[i]}[(4u * part + c) * ${PITCH}u + row] = lowWeights[c];
        ${ws[i]}[(16u + 4u * part + c) * ${PITCH}u + row] = highWeights[c];
      }
    }`;
  });
  const multiply = pieces.map(
    (_, i) => wgsl`
      let b_${i} = vec4<f32>(${range(4)
        .map((j) => `ws_${i}[k * ${PITCH}u + right + ${j}u]`)
        .join(", ")});
${range(4).map((r) => wgsl`      sum_${i}_${r} += a[${r}] * b_${i};`)}`,
  );
  const store = range(4).flatMap((r) =>
    range(4).map(
      (c) => wgsl`
  if (m0 + left + ${r}u < p.m && n0 + right + ${c}u < p.rows_0) {
    let m = m0 + left + ${r}u;
    let n = p.column + n0 + right + ${c}u;
    ${storeProduct(
      product,
      "m",
      "n",
      pieces.map((_, i) => `sum_${i}_${r}[${c}]`),
    )}
  }`,
    ),
  );
  const fields = ["across", "column", ...productFields(product), ...pieces.flatMap((_, i) => pieceFields(i))];
  return kernelShader({
    name,
    reads: productReads(product),
    writes: { out: "f32" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    threads: THREADS,
    body: wgsl`
  let n0 = (group % p.across) * ${TILE}u;
  let m0 = (group / p.across) * ${TILE}u;
  // The grid may have more groups than there are tiles: they compute again what is not stored.
  let left = 4u * (lane / ${TILE / 4}u);
  let right = 4u * (lane % ${TILE / 4}u);
${pieces.flatMap((_, i) => range(4).map((r) => wgsl`  var sum_${i}_${r} = vec4<f32>();`))}
  for (var u = 0u; u < p.units; u++) {
    for (var i = lane; i < ${TILE * 8}u; i += ${THREADS}u) {
      let row = i >> 3u;
      let quad = i & 7u;
      let values = x[p.x_offset + min(m0 + row, p.m - 1u) * 8u * p.units + 8u * u + quad];
      for (var c = 0u; c < 4u; c++) { ${xs}[(4u * quad + c) * ${PITCH}u + row] = values[c]; }
    }
${bringWeights}
    workgroupBarrier();
    for (var k = 0u; k < ${UNIT}u; k++) {
      let a = vec4<f32>(${range(4)
        .map((j) => `xs[k * ${PITCH}u + left + ${j}u]`)
        .join(", ")});
${multiply}
    }
    workgroupBarrier();
  }
${store}`,
  });
}
