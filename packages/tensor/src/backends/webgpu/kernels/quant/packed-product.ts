import type { KernelContext } from "../../kernel-context.ts";
import type { Shader } from "../../pipelines.ts";
import { helper, wgsl, type Fragment } from "../../wgsl/tag.ts";
import type { PlaneWord } from "../../wgsl/part-reader.ts";
import { kernelShader } from "../module.ts";
import { asNumbers, load } from "../stored.ts";
import { wordsOf } from "./matrices.ts";
import { productFlops, productKey, productPlaces, productReads, type Product } from "./product.ts";
import { roundRows, type RoundedBits } from "./rounded-rows.ts";
import { fours, PITCH, storeTile, TILE, TILE_THREADS, tileFields, tileGrid, tilePlace } from "./tiles.ts";

/** How the levels of a format become words of four bytes with a sign; its scale is the f16 of plane 1. */
interface PackedReader {
  /** Of activations: weights of 8 bits deserve more of them. */
  readonly bits: RoundedBits;
  /** Weights 4j … 4j + 3 of a unit, by names of both. */
  readonly word: (unit: string, j: string, word: PlaneWord) => Fragment;
}

/** Nibbles less 8 in bytes: no byte borrows from the next, for its highest bit is set before and turned after. */
const lessEight = helper(
  wgsl`fn lessEight(nibbles: u32) -> u32 { return ((nibbles | 0x80808080u) - 0x08080808u) ^ 0x80808080u; }`,
);

const packedReaders = {
  q4_0: {
    bits: 8,
    word: (unit, j, word) =>
      wgsl`${lessEight}((${word(0, `4u * ${unit} + (${j} & 3u)`)} >> (4u * (${j} >> 2u))) & 0x0f0f0f0fu)`,
  },
  q8_0: { bits: 16, word: (unit, j, word) => wgsl`${word(0, `8u * ${unit} + ${j}`)}` },
} as const satisfies Readonly<Record<string, PackedReader>>;

type PackedFormat = keyof typeof packedReaders;

const isPacked = (format: string): format is PackedFormat => Object.hasOwn(packedReaders, format);

/** The format of all matrices of a product, where packed bytes of it are multiplied and the device may do so. */
function packedFormat(context: KernelContext, { pieces, norm }: Product): PackedFormat | null {
  const [{ format }] = pieces;
  const isOne = isPacked(format) && pieces.every((piece) => piece.format === format) && !norm;
  return isOne && context.features.has("packed_4x8_integer_dot_product") ? format : null;
}

/**
 * Many rows of x, rounded unit by unit: as `multiplyTiles`, with words of four bytes in shared memory, whose products and sums are
 * integers within a unit. False where the format has no such words, or the device is not to use them.
 */
export function multiplyPacked(context: KernelContext, product: Product): boolean {
  const format = packedFormat(context, product);
  if (format === null) return false;
  const rows = roundRows(context, product, packedReaders[format].bits);
  const key = `packedProduct ${productKey(product)}`;
  const [, ...places] = productPlaces(product);
  const { words, groups } = tileGrid(product);
  context.run({
    shader: context.shader(key, () => makeShader(key, product, format)),
    ...{ reads: [rows.place, ...places], writes: [product.out], flops: productFlops(product) },
    ...{ words: [rows.scales, ...words], groups },
  });
  return true;
}

/** Four products with a word each. */
const dots = helper(
  wgsl`fn dots(a: u32, b: vec4<u32>) -> vec4<i32> {
    return vec4<i32>(dot4I8Packed(a, b.x), dot4I8Packed(a, b.y), dot4I8Packed(a, b.z), dot4I8Packed(a, b.w));
  }`,
);

function makeShader(name: string, product: Product, format: PackedFormat): Shader {
  const { pieces } = product;
  const reader = packedReaders[format];
  const shared = (of: string, type: string, words: number): Fragment =>
    wgsl`${helper(wgsl`var<workgroup> ${of}: array<${type}, ${words}>;`)}`;
  const [xs, xScales] = [shared("xs", "u32", reader.bits * PITCH), shared("x_scales", "f32", TILE)];
  const matrices = pieces.map((_, i) => ({
    words: shared(`ws_${i}`, "u32", 8 * PITCH),
    scales: shared(`w_scales_${i}`, "f32", TILE),
    unit: (row: string) => `p.first_unit_${i} + min(n0 + ${row}, p.rows_${i} - 1u) * p.units + u`,
  }));
  const four = (array: Fragment, at: string): Fragment =>
    wgsl`${array}[${at}], ${array}[${at} + 1u], ${array}[${at} + 2u], ${array}[${at} + 3u]`;
  const product4 = (r: number): Fragment =>
    reader.bits === 8 ? wgsl`${dots}(a[${r}], b)` : wgsl`${dots}(a[${r}], b) * 256 + ${dots}(low[${r}], b)`;
  return kernelShader({
    name,
    reads: { ...productReads(product), x: "u32" },
    writes: { out: "f32" },
    params: { scales: "u32", ...tileFields(product) },
    threads: TILE_THREADS,
    body: wgsl`
${tilePlace}
${pieces.flatMap((_, i) => fours.map((r) => wgsl`  var sum_${i}_${r} = vec4<f32>();`))}
  for (var u = 0u; u < p.units; u++) {
    for (var i = lane; i < ${TILE * reader.bits}u; i += ${TILE_THREADS}u) {
      let row = i / ${reader.bits}u;
      let j = i % ${reader.bits}u;
      ${xs}[j * ${PITCH}u + row] = x[(min(m0 + row, p.m - 1u) * p.units + u) * ${reader.bits}u + j];
    }
    for (var i = lane; i < ${TILE * 8}u; i += ${TILE_THREADS}u) {
      let row = i >> 3u;
      let j = i & 7u;
${matrices.map(
  ({ words, unit }, i) => wgsl`
      {
        let unit = ${unit("row")};
        ${words}[j * ${PITCH}u + row] = ${reader.word("unit", "j", wordsOf(i))};
      }`,
)}
    }
    if (lane < ${TILE}u) {
      ${xScales}[lane] = bitcast<f32>(x[p.scales + min(m0 + lane, p.m - 1u) * p.units + u]);
${matrices.map(
  ({ scales, unit }, i) => wgsl`
      {
        let half = 2u * p.plane_1_${i} + ${unit("lane")};
        ${scales}[lane] = ${load(asNumbers("f16"), `weights_${i}`, "half")};
      }`,
)}
    }
    workgroupBarrier();
${pieces.flatMap((_, i) => fours.map((r) => wgsl`    var whole_${i}_${r} = vec4<i32>();`))}
    for (var k = 0u; k < 8u; k++) {
      let a = vec4<u32>(${four(xs, `k * ${PITCH}u + left`)});
${reader.bits === 16 ? wgsl`      let low = vec4<u32>(${four(xs, `(8u + k) * ${PITCH}u + left`)});` : ""}
${matrices.map(
  ({ words }, i) => wgsl`
      {
        let b = vec4<u32>(${four(words, `k * ${PITCH}u + right`)});
${fours.map((r) => wgsl`        whole_${i}_${r} += ${product4(r)};`)}
      }`,
)}
    }
    let scale = vec4<f32>(${four(xScales, "left")});
${matrices.map(
  ({ scales }, i) => wgsl`
    let scale_${i} = vec4<f32>(${four(scales, "right")});
${fours.map((r) => wgsl`    sum_${i}_${r} += vec4<f32>(whole_${i}_${r}) * (scale[${r}] * scale_${i});`)}`,
)}
    workgroupBarrier();
  }
${storeTile(product)}`,
  });
}
