import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { wgsl } from "../../wgsl/tag.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { pieceWords } from "./matrices.ts";
import {
  productFlops,
  productKey,
  productPlaces,
  productReads,
  productWords,
  storeProduct,
  type Product,
} from "./product.ts";
import { slotFields, slotsOf } from "./row-product.ts";
import { addPart, matricesOf, productSums, range, sumCount, sumNumber, type RowSums } from "./row-sums.ts";

/**
 * Few rows of x on a processor that plays a GPU: a thread multiplies a row of weights alone. There it does not matter how words
 * lie to each other, but threads that wait for each other cost it more than the products.
 */
export function multiplyByThreads(context: KernelContext, product: Product): void {
  const { pieces, M, out } = product;
  const sums: RowSums = { tile: M === 1 ? 1 : 4, perMatrix: 1 };
  const key = `threadProduct ${sums.tile} ${productKey(product)}`;
  const slots = slotsOf(product, 1);
  context.run({
    shader: context.shader(key, () => makeShader(key, product, sums)),
    ...{ reads: productPlaces(product), writes: [out], flops: productFlops(product) },
    words: [slots.count, ...productWords(product), ...pieces.flatMap(pieceWords), ...slots.words],
    groups: groupsFor(slots.count),
  });
}

function makeShader(name: string, product: Product, sums: RowSums): Shader {
  const { tile } = sums;
  const { lines, texts } = matricesOf(product, "thread");
  const squares = productSums(product, sums);
  const store = range(tile).map((m) => {
    const values = texts.map((_, matrix) => `(sum_${sumNumber(sums, matrix, 0, m)}${product.norm ? " * scale" : ""})`);
    return wgsl`
    if (m0 + ${m}u < p.m) {
      let m = m0 + ${m}u;
      ${product.norm ? wgsl`let scale = ${inverseRoot}(sum_${squares + m} / f32(32u * p.units) + bitcast<f32>(p.eps));` : ""}
      ${storeProduct(product, "m", "n", values)}
    }`;
  });
  return kernelShader({
    name,
    reads: productReads(product),
    writes: { out: "f32" },
    params: slotFields(product),
    body: wgsl`
  if (thread >= p.slots) { return; }
${lines}
  let n0 = place;
  let n = column + n0;
  for (var m0 = 0u; m0 < p.m; m0 += ${tile}u) {
${range(sumCount(product, sums)).map((v) => wgsl`    var sum_${v} = 0.0;`)}
    for (var u = 0u; u < p.units; u++) {
      for (var part = 0u; part < 4u; part++) {
${addPart(product, sums, texts)}
      }
    }
${store}
  }`,
  });
}
