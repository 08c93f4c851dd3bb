import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { partWeights } from "../../wgsl/part-reader.ts";
import { partReaders } from "../../wgsl/weight-parts.ts";
import { helper, wgsl } from "../../wgsl/tag.ts";
import { UNIT } from "../../storages/quant-layout.ts";
import { kernelShader } from "../module.ts";
import { wordsOf } from "./matrices.ts";
import { productFlops, productKey, productPlaces, productReads, type Product } from "./product.ts";
import { fours, PITCH, storeTile, TILE, TILE_THREADS, tileFields, tileGrid, tilePlace } from "./tiles.ts";

/**
 * Many rows of x: a workgroup makes 32 × 32 elements of the result. Unit by unit (32 columns) it brings 32 rows of x and of
 * weights, as floats, into shared memory, from which every thread multiplies four rows with four.
 */
export function multiplyTiles(context: KernelContext, product: Product): void {
  const key = `tileProduct ${productKey(product)}`;
  context.run({
    shader: context.shader(key, () => makeShader(key, product)),
    ...{ reads: productPlaces(product), writes: [product.out], flops: productFlops(product) },
    ...tileGrid(product),
  });
}

function makeShader(name: string, product: Product): Shader {
  const { pieces } = product;
  const xs = helper(wgsl`var<workgroup> xs: array<f32, ${UNIT * PITCH}>;`);
  const ws = pieces.map((_, i) => helper(wgsl`var<workgroup> ws_${i}: array<f32, ${UNIT * PITCH}>;`));
  const bringWeights = pieces.map(({ format }, i) => {
    const reader = partReaders[format];
    const [low, high] = partWeights(reader);
    return wgsl`
    for (var i = lane; i < ${TILE * 4}u; i += ${TILE_THREADS}u) {
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
      let b_${i} = vec4<f32>(${fours.map((j) => `ws_${i}[k * ${PITCH}u + right + ${j}u]`).join(", ")});
${fours.map((r) => wgsl`      sum_${i}_${r} += a[${r}] * b_${i};`)}`,
  );
  return kernelShader({
    name,
    reads: productReads(product),
    writes: { out: "f32" },
    params: tileFields(product),
    threads: TILE_THREADS,
    body: wgsl`
${tilePlace}
${pieces.flatMap((_, i) => fours.map((r) => wgsl`  var sum_${i}_${r} = vec4<f32>();`))}
  for (var u = 0u; u < p.units; u++) {
    for (var i = lane; i < ${TILE * 8}u; i += ${TILE_THREADS}u) {
      let row = i >> 3u;
      let quad = i & 7u;
      let values = x[p.x_offset + min(m0 + row, p.m - 1u) * 8u * p.units + 8u * u + quad];
      for (var c = 0u; c < 4u; c++) { ${xs}[(4u * quad + c) * ${PITCH}u + row] = values[c]; }
    }
${bringWeights}
    workgroupBarrier();
    for (var k = 0u; k < ${UNIT}u; k++) {
      let a = vec4<f32>(${fours.map((j) => `xs[k * ${PITCH}u + left + ${j}u]`).join(", ")});
${multiply}
    }
    workgroupBarrier();
  }
${storeTile(product)}`,
  });
}
