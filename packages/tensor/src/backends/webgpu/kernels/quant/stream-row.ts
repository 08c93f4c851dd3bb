import type { Place } from "../../kernel-context.ts";
import { inverseRoot } from "../../wgsl/arithmetic.ts";
import { workgroupSum } from "../../wgsl/reduce.ts";
import { helper, wgsl, type Fragment, type Helper } from "../../wgsl/tag.ts";
import { THREADS } from "../module.ts";
import { hasNormVectors, normVector, type Norm } from "./row-norms.ts";

/** What x, one row, is turned into first: stream = residual + rmsNorm(x), which the kernel stores too. */
export interface Onto extends Norm {
  /** [1, K] f32, at a multiple of 4 elements. */
  readonly residual: { readonly place: Place; readonly offset: number };
}

/**
 * Declares `columns` and `ontoScale`, by which the norm multiplies x. The squares are added in the order of `rmsNorm`, as its threads
 * do, by the threads of this workgroup: all of them, in uniform control flow.
 */
export function ontoScale(threads: number): Fragment {
  const shares = Array.from({ length: THREADS / threads }, (_, i) => i);
  const halved = (sums: readonly string[]): string =>
    sums.length === 1 ? (sums[0] ?? "") : halved(sums.slice(sums.length / 2).map((sum, i) => `(${sums[i]} + ${sum})`));
  return wgsl`
  let columns = 32u * p.units;
${shares.map((i) => wgsl`  var share_${i} = 0.0;`)}
  for (var j = lane; j < columns; j += ${THREADS}u) {
${shares.map(
  (i) => wgsl`
    if (j + ${i * threads}u < columns) {
      let at = j + ${i * threads}u;
      let value = x[p.x_offset + (at >> 2u)][at & 3u];
      share_${i} += value * value;
    }`,
)}
  }
  let shares = ${workgroupSum(threads)}(${halved(shares.map((i) => `share_${i}`))}, lane);
  let ontoScale = ${inverseRoot}(shares / f32(columns) + bitcast<f32>(p.onto_eps));`;
}

/** Four elements of the stream, number `at` (a name) of the fours. */
export const streamVector = (onto: Onto, at: string, byVectors: boolean): Fragment =>
  wgsl`(residual[p.onto_residual + ${at}] + x[p.x_offset + ${at}] * ontoScale * ${normVector(onto, at, byVectors, "onto")})`;

/** Stores what threads from `thread` on, each of `threads` (text), have of the stream, whose fours `vector` gives. */
export const storeStream = (threads: string, vector: Fragment): Fragment => wgsl`
  for (var i = thread; i < columns / 4u; i += ${threads}) {
    let four = ${vector};
    for (var c = 0u; c < 4u; c++) { out[p.stream_offset + 4u * i + c] = four[c]; }
  }`;

/** Sizes of the memory that holds a row grow in such steps of columns, so that few shaders are made. */
const STEP = 512;

/** Bytes that the threads of a workgroup share for a row of so many columns. */
export const sharedRowBytes = (K: number): number => 4 * STEP * Math.ceil(K / STEP);

/** Fours of a row, in the memory of a workgroup. */
export const sharedRow = (K: number): Helper =>
  helper(wgsl`var<workgroup> shared_row: array<vec4<f32>, ${sharedRowBytes(K) / 16}>;`);

/**
 * Makes the row that is multiplied once for all threads of a workgroup, in uniform control flow: the stream, with the weights of
 * its norm, whose factor `normScale` is declared.
 */
export function shareRow(
  { K, norm }: { readonly K: number; readonly norm: Norm | null },
  onto: Onto,
  threads: number,
): Fragment {
  const weighted = norm && wgsl` * ${normVector(norm, "i", hasNormVectors(norm))}`;
  const sum = workgroupSum(threads);
  return wgsl`
${ontoScale(threads)}
  var squares = 0.0;
  for (var i = lane; i < columns / 4u; i += ${threads}u) {
    let four = ${streamVector(onto, "i", hasNormVectors(onto))};
    squares += dot(four, four);
    ${sharedRow(K)}[i] = four${weighted ?? ""};
  }
  // Waits for all of the row too.
  let squaresOfAll = ${sum}(squares, lane);
${norm ? wgsl`  let normScale = ${inverseRoot}(squaresOfAll / f32(columns) + bitcast<f32>(p.norm_eps));` : ""}`;
}
