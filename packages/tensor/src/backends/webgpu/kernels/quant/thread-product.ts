import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { groupsFor, kernelShader } from "../module.ts";
import { productKey, productReads, storeProduct, type Product } from "./product.ts";
import { onSlots, slotFields, slotsOf } from "./row-product.ts";
import { byFormat, matricesOf, multiplied, range, type RowSums } from "./row-sums.ts";
import { hasNormVectors } from "./row-norms.ts";
import { sharedRowBytes, shareRow, storeStream, streamVector } from "./stream-row.ts";
import { sumUnits } from "./unit-sums.ts";

/** Few, so that small matrices keep several processors busy. */
const THREADS = 16;

/**
 * Rows of weights of a thread: x, and the weights of a norm, are read once for all of them. With several matrices to choose from the
 * text is long, and takes time to compile.
 */
function rowsPerThread({ M, norm, pieces, activation }: Product): 2 | 4 | 8 {
  if (activation) return M === 1 && norm ? 8 : 4;
  return M > 1 && pieces.length > 1 ? 2 : 4;
}

/** Whether a thread can read four words at a time. */
export const canUseThreads = ({ pieces }: Product): boolean =>
  pieces.every(({ planes }) => planes.every((begin) => begin % 4 === 0));

/**
 * On a processor that plays a GPU: a thread multiplies rows of weights with rows of x alone, unit by unit. There it does not
 * matter how words lie to each other, but every read is checked, and threads that wait for each other cost it more than the
 * products; only a stream is made by all of a workgroup together. Needs `canUseThreads`.
 */
export function multiplyByThreads(context: KernelContext, product: Product): void {
  const { M, K, onto, norm } = product;
  const sums: RowSums = { tile: M === 1 ? 1 : 4, perMatrix: rowsPerThread(product) / multiplied(product) };
  const byVectors = [onto, norm].map((one) => (one && hasNormVectors(one) ? " by vectors" : ""));
  const shared = onto ? ` of ${sharedRowBytes(K)} bytes` : "";
  const key = `threadProduct ${sums.tile} ${productKey(product)}${byVectors.join(",")}${shared}`;
  const slots = slotsOf(product, sums.perMatrix);
  context.run({
    shader: context.shader(key, () => makeShader(key, product, sums)),
    ...onSlots(product, slots),
    groups: groupsFor(slots.count * Math.ceil(M / sums.tile), THREADS),
  });
}

function makeShader(name: string, product: Product, sums: RowSums): Shader {
  const { tile, perMatrix } = sums;
  const { pieces, onto, norm } = product;
  // A shared row has gone through its norm.
  const passing = onto ? null : norm;
  const { lines, texts } = matricesOf(product, "slot");
  const rows = range(tile);
  const each = (of: (matrix: number, row: number) => Fragment): Fragment[] =>
    texts.flatMap((_, matrix) => range(perMatrix).map((row) => of(matrix, row)));
  const count = texts.length * perMatrix * tile;
  const values = texts.map(
    (_, matrix) => `(totals[${matrix * perMatrix * tile}u + row * ${tile}u + i]${norm ? " * scale" : ""})`,
  );
  return kernelShader({
    name,
    reads: {
      ...productReads(product),
      ...(onto && hasNormVectors(onto) && { onto_words: "vec4<f32>" }),
      ...(norm && hasNormVectors(norm) && { norm_words: "vec4<f32>" }),
      ...Object.fromEntries(pieces.map((_, i) => [`weights_${i}`, "vec4<u32>"])),
    },
    writes: { out: "f32" },
    params: slotFields(product),
    threads: THREADS,
    body: wgsl`
${onto ? shareRow(product, onto, THREADS) : ""}
  let slot = thread % p.slots;
  let m0 = ${tile}u * (thread / p.slots);
  if (m0 >= p.m) { return; }
${onto ? storeStream("p.slots", streamVector(onto, "i", hasNormVectors(onto))) : ""}
${lines}
  let n0 = place * ${perMatrix}u;
  let units = p.units;
${rows.map((m) => wgsl`  let x_${m} = p.x_offset + min(m0 + ${m}u, p.m - 1u) * 8u * units;`)}
${each((matrix, row) => {
  const { firstUnit, rows: all } = texts[matrix];
  return wgsl`  let unit_${matrix}_${row} = ${firstUnit} + min(n0 + ${row}u, ${all} - 1u) * units;`;
})}
${range(count).map((v) => wgsl`  var sum_${v} = 0.0;`)}
${passing ? rows.map((m) => wgsl`  var squares_${m} = 0.0;`) : ""}
${byFormat({ ...product, norm: passing }, (one) => sumUnits(one, sums, texts))}
  // In a loop: what is done with a sum is long, and compiled once.
  let totals = array<f32, ${count}>(${range(count)
    .map((v) => `sum_${v}`)
    .join(", ")});
${passing ? wgsl`  let squares = array<f32, ${tile}>(${rows.map((m) => `squares_${m}`).join(", ")});` : ""}
  for (var i = 0u; i < ${tile}u; i++) {
    let m = m0 + i;
    if (m >= p.m) { break; }
${onto && norm ? "    let scale = normScale;" : ""}
${passing ? wgsl`    let scale = ${inverseRoot}(squares[i] / f32(32u * units) + bitcast<f32>(p.norm_eps));` : ""}
    for (var row = 0u; row < ${perMatrix}u; row++) {
      let n = n0 + row;
      if (n >= ${texts[0].rows}) { break; }
      ${storeProduct(product, "m", "(column + n)", values)}
    }
  }`,
  });
}
