import type { Operand } from "../../../../contract/operand.ts";
import { leadLayout, sizeOf } from "../../../../layout.ts";
import { joinLayouts } from "../../joint-layout.ts";
import type { KernelContext, Place } from "../../kernel-context.ts";
import { keys } from "../../wgsl/order.ts";
import { workgroupMax } from "../../wgsl/reduce.ts";
import { wgsl, type Fragment } from "../../wgsl/tag.ts";
import { dense } from "../dense.ts";
import { axisWords, placed } from "../elementwise.ts";
import { THREADS } from "../module.ts";
import { asNumbers, load, type Stored } from "../stored.ts";

/** Axes before the last that a kernel on rows goes through. */
const RANK = 3;

/** An operand [..., R] as rows at any distances. */
export interface Rows {
  readonly place: Place;
  readonly count: number;
  readonly length: number;
  /** Parameters of `rowFields`. */
  readonly words: readonly number[];
}

/** The rows of an operand, or of a copy where its axes are too many. To be called in a `scoped`. */
export function rowsOf(context: KernelContext, operand: Operand): Rows {
  const isEven = joinLayouts([leadLayout(operand.layout)]).shape.length <= RANK;
  const { place, layout } = isEven ? placed(operand) : dense(context, operand);
  const lead = joinLayouts([leadLayout(layout)]);
  return {
    place,
    count: sizeOf(lead.shape),
    length: layout.shape.at(-1) ?? 1,
    words: [layout.offset, layout.strides.at(-1) ?? 0, ...axisWords(lead, RANK)],
  };
}

const axes = [0, 1, 2] as const;

/** Names of the parameters of rows called `name`. */
export const rowFields = (name: string): string[] => [
  ...[`${name}_offset`, `${name}_stride`],
  ...axes.map((axis) => `${name}_n${axis}`),
  ...axes.map((axis) => `${name}_s${axis}`),
];

/** Declares `name_row`, where row number `row` begins. */
export const rowStart = (name: string, row: string): Fragment => wgsl`
  let ${name}_rest = ${row} / p.${name}_n0;
  let ${name}_row = p.${name}_offset + ${row} % p.${name}_n0 * p.${name}_s0
    + ${name}_rest % p.${name}_n1 * p.${name}_s1 + ${name}_rest / p.${name}_n1 * p.${name}_s2;`;

/** Declares `name`, element `index` of the row in `name_words`. */
export const rowElement = (name: string, stored: Stored, index: string): Fragment => wgsl`
    let ${name}_at = ${name}_row + ${index} * p.${name}_stride;
    let ${name} = ${load(stored, `${name}_words`, `${name}_at`)};`;

/** Declares `top`, the largest of an f32 expression in `x` over the row of the workgroup, NaN where there is one. */
export const rowTop = (value = wgsl`x`): Fragment => wgsl`
  var largest = 0u;
  for (var j = lane; j < p.length; j += ${THREADS}u) {
${rowElement("x", asNumbers("f32"), "j")}
    largest = max(largest, ${keys.f32.of}(${value}));
  }
  let top = ${keys.f32.back}(${workgroupMax(THREADS)}(largest, lane));`;

/** Parameters of a vector with elements at one distance. */
export const vectorWords = ({ layout }: Operand): number[] => [layout.offset, layout.strides[0] ?? 0];

export const vectorFields = (name: string): string[] => [`${name}_offset`, `${name}_stride`];

/** Declares `name`, element `index` of a vector in `name_words`. */
export const vectorElement = (name: string, stored: Stored, index: string): Fragment => wgsl`
    let ${name}_at = p.${name}_offset + ${index} * p.${name}_stride;
    let ${name} = ${load(stored, `${name}_words`, `${name}_at`)};`;

/** Parameters, all of type u32. */
export const wordFields = (...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, "u32"]));
