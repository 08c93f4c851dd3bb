import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { partReaders } from "../../wgsl/weight-parts.ts";
import { helper, wgsl, type Fragment, type Helper } from "../../wgsl/tag.ts";
import { kernelShader } from "../module.ts";
import { pieceFields, pieceWords, wordsOf } from "./matrices.ts";
import {
  normWeight,
  productFields,
  productKey,
  productPlaces,
  productReads,
  productWords,
  storeProduct,
  type Product,
} from "./product.ts";

const THREADS = 64;

/** Rows of weights that a workgroup multiplies: x is read once for all of them. */
const ROWS = 4;

/**
 * Few rows of x: a workgroup multiplies four rows of weights (of a gated product, two of each matrix) with them. Four threads
 * share a unit of 32 weights, neighbours read neighbouring words, and at the end the sums of all threads are added up.
 * A norm takes no time of its own: its weight goes with x, its scale is known when the sums are.
 */
export function multiplyRows(context: KernelContext, product: Product): void {
  const { pieces, M, out } = product;
  const perMatrix = ROWS / pieces.length;
  const tile = M === 1 ? 1 : 4;
  const key = `rowProduct ${tile} ${productKey(product)}`;
  context.run({
    shader: context.shader(key, () => makeShader(key, product, perMatrix, tile)),
    ...{ reads: productPlaces(product), writes: [out] },
    words: [...productWords(product), ...pieces.flatMap(pieceWords)],
    groups: M === 0 ? 0 : Math.ceil(pieces[0].rows / perMatrix),
  });
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

function makeShader(name: string, product: Product, perMatrix: number, tile: number): Shader {
  const { pieces, norm } = product;
  const rows = range(tile);
  const needsSums = pieces.some(({ format }) => partReaders[format].hasMins);
  // Sum number (matrix·rows + row)·tile + m, then the squares of x.
  const sums = pieces.length * perMatrix * tile;
  const count = sums + (norm ? tile : 0);
  const partial = helper(wgsl`var<workgroup> partial: array<f32, ${count * THREADS}>;`);

  const total = helper(
    wgsl`fn totalOf(v: u32) -> f32 {
      var sum = 0.0;
      for (var i = 0u; i < 16u; i++) { sum += ${partial}[v * ${THREADS}u + i]; }
      return sum;
    }`,
  );

  // Columns 4·at … and 16 + 4·at … of row m0 + m, where at = 8u + part.
  const loadX = rows.map(
    (m) => wgsl`
    let x_${m} = p.x_offset + min(m0 + ${m}u, p.m - 1u) * 8u * p.units + 8u * u + part;
    var a_${m} = x[x_${m}];
    var b_${m} = x[x_${m} + 4u];`,
  );
  const applyNorm = norm
    ? [
        wgsl`
    let k = 32u * u + 4u * part;
    let lowNorm = vec4<f32>(${four((i) => normWeight(norm, `k + ${i}u`))});
    let highNorm = vec4<f32>(${four((i) => normWeight(norm, `k + ${16 + i}u`))});`,
        ...rows.map(
          (m) => wgsl`
    sum_${sums + m} += dot(a_${m}, a_${m}) + dot(b_${m}, b_${m});
    a_${m} *= lowNorm;
    b_${m} *= highNorm;`,
        ),
      ]
    : [];
  const totals = needsSums
    ? rows.map((m) => wgsl`    let total_${m} = vec2<f32>(dot(a_${m}, vec4<f32>(1.0)), dot(b_${m}, vec4<f32>(1.0)));`)
    : [];
  const multiply = pieces.flatMap(({ format }, matrix) =>
    range(perMatrix).map((row) => {
      const reader = partReaders[format];
      const first = (matrix * perMatrix + row) * tile;
      return wgsl`
    {
      let unit = p.first_unit_${matrix} + min(n0 + ${row}u, p.rows_${matrix} - 1u) * p.units + u;
      ${reader.load("unit", "part", wordsOf(matrix))}
${rows.map((m) => {
  const taken = reader.hasMins ? wgsl` - dot(mins, total_${m})` : "";
  return wgsl`      sum_${first + m} += dot(low, a_${m}) * scales.x + dot(high, b_${m}) * scales.y${taken};`;
})}
    }`;
    }),
  );

  return kernelShader({
    name,
    reads: productReads(product),
    writes: { out: "f32" },
    params: Object.fromEntries(
      [...productFields(product), ...pieces.flatMap((_, i) => pieceFields(i))].map((f) => [f, "u32"]),
    ),
    threads: THREADS,
    body: wgsl`
  let n0 = group * ${perMatrix}u;
  let part = lane & 3u;
  // The grid may have more groups than there are rows.
  let isHere = n0 < p.rows_0;
  for (var m0 = 0u; m0 < p.m; m0 += ${tile}u) {
    // What was left for other threads is read before it is overwritten.
    if (m0 > 0u) { workgroupBarrier(); }
${range(count).map((v) => wgsl`    var sum_${v} = 0.0;`)}
    for (var u = lane >> 2u; isHere && u < p.units; u += ${THREADS / 4}u) {
${[...loadX, ...applyNorm, ...totals, ...multiply]}
    }
${range(count).map((v) => wgsl`    ${partial}[${v * THREADS}u + lane] = sum_${v};`)}
    workgroupBarrier();
    // In two steps: ${THREADS} → 16 → 1. A tree of more steps waits longer for its threads than it saves.
    for (var v = lane; v < ${count * 16}u; v += ${THREADS}u) {
      let at = (v >> 4u) * ${THREADS}u + (v & 15u);
      ${partial}[at] += ${range(THREADS / 16 - 1)
        .map((i) => `partial[at + ${16 * (i + 1)}u]`)
        .join(" + ")};
    }
    workgroupBarrier();
    // One thread for each row of weights and of x.
    let n = n0 + lane / ${tile}u;
    let m = m0 + lane % ${tile}u;
    if (isHere && lane < ${perMatrix * tile}u && n < p.rows_0 && m < p.m) {
${finish(product, total, perMatrix, tile, sums)}
    }
  }`,
  });
}

const four = (at: (i: number) => Fragment): Fragment => wgsl`${at(0)}, ${at(1)}, ${at(2)}, ${at(3)}`;

function finish(product: Product, total: Helper, perMatrix: number, tile: number, sums: number): Fragment {
  const { norm, pieces } = product;
  const scale = norm
    ? wgsl`let scale = ${inverseRoot}(${total}(${sums}u + lane % ${tile}u) / f32(32u * p.units) + bitcast<f32>(p.eps));`
    : wgsl``;
  const names = pieces.map((_, matrix) => `sum_of_${matrix}`);
  const declared = names.map(
    (sum, matrix) => wgsl`      let ${sum} = ${total}(${matrix * perMatrix * tile}u + lane)${norm ? " * scale" : ""};`,
  );
  return wgsl`      ${scale}
${declared}
      ${storeProduct(product, "m", "n", names)}`;
}
