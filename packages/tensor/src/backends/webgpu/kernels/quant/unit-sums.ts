import type { PartReader } from "../../wgsl/part-reader.ts";
import { partReaders } from "../../wgsl/weight-parts.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import type { MatrixText } from "./matrices.ts";
import type { Product } from "./product.ts";
import { hasNormVectors, normVector, type Norm } from "./row-norms.ts";
import { sharedRow } from "./stream-row.ts";
import { range, sumNumber, type RowSums } from "./row-sums.ts";
import { UnitReads } from "./unit-reads.ts";

/** Declares fours of x, numbers `first` and `second` of a row, as `a_0 …` and `b_0 …`, the norm's weights with them. */
function readX({ onto, norm, K }: Product, xRows: readonly number[]): Fragment[] {
  const four = (m: number, at: string): Fragment => (onto ? wgsl`${sharedRow(K)}[${at}]` : wgsl`x[x_${m} + ${at}]`);
  const read = xRows.map(
    (m) => wgsl`      var a_${m} = ${four(m, "first")};\n      var b_${m} = ${four(m, "second")};`,
  );
  if (!norm) return read;
  const applied = xRows.map(
    (m) => wgsl`
      squares_${m} += dot(a_${m}, a_${m}) + dot(b_${m}, b_${m});
      a_${m} *= firstNorm;
      b_${m} *= secondNorm;`,
  );
  const vector = (of: Norm, at: string): Fragment => normVector(of, at, hasNormVectors(of));
  const weights = wgsl`
      let firstNorm = ${vector(norm, "first")};
      let secondNorm = ${vector(norm, "second")};`;
  return [...read, weights, ...applied];
}

/** A row of a matrix, as the text of a thread has it. */
interface RowText {
  readonly name: string;
  readonly reader: PartReader;
  readonly reads: UnitReads;
  readonly vectors: MatrixText["vectors"];
  /** Number of its sum with row m of x. */
  readonly sum: (m: number) => number;
}

/**
 * The loop that adds to the variables `sum_0 …` the products of rows of x, which begin at `x_0 …`, with rows of the matrices, which
 * begin at the units `unit_0_0 …`; and to `squares_0 …`, with a norm, the squares of x.
 */
export function sumUnits(product: Product, sums: RowSums, texts: readonly MatrixText[]): Fragment {
  const { pieces } = product;
  const xRows = range(sums.tile);
  const rows = texts.flatMap(({ vectors }, matrix) =>
    range(sums.perMatrix).map((row): RowText => {
      const name = `${matrix}_${row}`;
      const sum = (m: number): number => sumNumber(sums, matrix, row, m);
      return {
        name,
        reader: partReaders[pieces[matrix].format],
        reads: new UnitReads(`read_${name}`, vectors),
        vectors,
        sum,
      };
    }),
  );
  const x = readX(product, xRows);
  return rows.every(({ reader }) => reader.eight) ? sumEights(x, xRows, rows) : sumBlocks(x, xRows, rows);
}

/** Weights that are levels, eight at a time. */
const sumEights = (x: readonly Fragment[], xRows: readonly number[], rows: readonly RowText[]): Fragment => wgsl`
  for (var i = 0u; i < 4u * units; i++) {
    let first = 2u * i;
    let second = first + 1u;
${x}
${rows.map(
  ({ name, reader, vectors, sum }) => wgsl`
    {
      let eight = 4u * unit_${name} + i;
      ${reader.eight?.("eight", vectors.vector) ?? ""}
${xRows.map((m) => wgsl`      sum_${sum(m)} += dot(low, a_${m}) + dot(high, b_${m});`)}
    }`,
)}
  }`;

/** Unit by unit: its words, and what all its weights have in common, are read once. */
function sumBlocks(x: readonly Fragment[], xRows: readonly number[], rows: readonly RowText[]): Fragment {
  const hasMins = rows.some(({ reader }) => reader.hasMins);
  const parts = rows.map(
    ({ name, reader, reads, sum }) => wgsl`
      {
        ${reader.levels(`at_${name}`, "part", reads)}
${xRows.map((m) => wgsl`        levels_${sum(m)} += vec2<f32>(dot(low, a_${m}), dot(high, b_${m}));`)}
      }`,
  );
  const scaled = rows.map(
    ({ name, reader: { scales, hasMins: has }, reads, sum }) => wgsl`
    {
      ${scales ? scales(`at_${name}`, reads.word) : "let scales = vec2<f32>(1.0);"}
${xRows.map((m) => wgsl`      sum_${sum(m)} += dot(levels_${sum(m)}, scales)${has ? ` - dot(mins, total_${m})` : ""};`)}
    }`,
  );
  return wgsl`
  for (var u = 0u; u < units; u++) {
${rows.map(({ name }) => wgsl`    let at_${name} = unit_${name} + u;`)}
${rows.flatMap(({ reads }) => reads.lines)}
${rows.flatMap(({ sum }) => xRows.map((m) => wgsl`    var levels_${sum(m)} = vec2<f32>();`))}
${hasMins ? xRows.map((m) => wgsl`    var total_${m} = vec2<f32>();`) : ""}
    for (var part = 0u; part < 4u; part++) {
      let first = 8u * u + part;
      let second = first + 4u;
${x}
${hasMins ? xRows.map((m) => wgsl`      total_${m} += vec2<f32>(dot(a_${m}, vec4<f32>(1.0)), dot(b_${m}, vec4<f32>(1.0)));`) : ""}
${parts}
    }
${scaled}
  }`;
}
