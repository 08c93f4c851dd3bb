import type { Operand } from "../../../contract/operand.ts";
import { isContiguous, sizeOf, type Layout } from "../../../layout.ts";
import { isJointlyDense, joinLayouts, partsOf, type JointLayout } from "../joint-layout.ts";
import type { KernelContext, Place } from "../kernel-context.ts";
import type { Shader } from "../pipelines.ts";
import { wgsl, type Fragment } from "../wgsl/tag.ts";
import { groupsFor, kernelShader } from "./module.ts";
import { load, onesOf, type Stored } from "./stored.ts";

/** Axes of a shader for strided operands: 0 = none, all are dense. More axes than the last take several runs. */
const ranks = [0, 4, 6] as const;

/** Elements of a storage, or of a temporary. */
export interface Placed {
  readonly place: Place;
  readonly layout: Layout;
}

export const placed = (operand: Operand): Placed => ({ place: operand, layout: operand.layout });

/** An input of an element-wise kernel. */
export interface ElementwiseInput {
  readonly name: string;
  readonly operand: Placed;
  readonly stored: Stored;
}

/** What one element of the result is, by elements of the inputs. */
export interface Elementwise {
  /** For reports, and as the key of its shaders beside what is stored. */
  readonly name: string;
  readonly out: Placed;
  readonly stored: Stored;
  readonly inputs: readonly ElementwiseInput[];
  /** An expression in the names of the inputs and in `i`, the element's number; of the type of what is stored. */
  readonly value: () => Fragment;
  /** Parameters that the expression uses as `p.name`, with their words; of type u32. */
  readonly extra?: Readonly<Record<string, number>>;
}

/**
 * `words`: a thread computes all elements of a word of the result, which is contiguous. `elements`: a thread computes one,
 * wherever it is; where several share a word they are put there by atomics.
 */
export type Form = "words" | "elements";

/** Computes a result element by element. */
export function runElementwise(
  context: KernelContext,
  { name, out, stored, inputs, value, extra = {} }: Elementwise,
): void {
  const joint = joinLayouts([out.layout, ...inputs.map(({ operand }) => operand.layout)]);
  const rank = isJointlyDense(joint) ? 0 : (ranks.find((one) => one >= joint.shape.length) ?? 6);
  const form: Form = isContiguous(out.layout) ? "words" : "elements";
  const key = [name, form, rank, stored.key, ...inputs.map((one) => one.stored.key)].join(" ");
  const shader = context.shader(key, () =>
    makeShader({ name, stored, inputs, value, extra: Object.keys(extra), rank, form }),
  );
  const perWord = form === "words" ? 32 / stored.bits : 1;
  for (const part of partsOf(joint, rank === 0 ? 1 : rank)) {
    const count = sizeOf(part.shape);
    const [start] = part.offsets;
    const threads = count === 0 ? 0 : Math.ceil(((start % perWord) + count) / perWord);
    context.run({
      shader,
      ...{ reads: inputs.map(({ operand }) => operand.place), writes: [out.place] },
      words: [threads, count, start % perWord, Math.floor(start / perWord), ...part.offsets.slice(1)].concat(
        rank === 0 ? [] : axisWords(part, rank),
        Object.values(extra),
      ),
      groups: groupsFor(threads),
    });
  }
}

/** Lengths of the axes, then the strides of each operand, the last axis first; what is missing is of length 1. */
export function axisWords({ shape, strides }: Pick<JointLayout, "shape" | "strides">, rank: number): number[] {
  const padded = (values: readonly number[], fill: number): number[] =>
    Array.from({ length: rank }, (_, axis) => values[shape.length - 1 - axis] ?? fill);
  return [padded(shape, 1), ...strides.map((all) => padded(all, 0))].flat();
}

/** Names of the words of `axisWords`. */
export const axisFields = (operands: readonly string[], rank: number): string[] => [
  ...axesOf(rank).map((axis) => `n${axis}`),
  ...operands.flatMap((one) => axesOf(rank).map((axis) => `${one}_s${axis}`)),
];

const axesOf = (rank: number): number[] => Array.from({ length: rank }, (_, axis) => axis);

/** `i0 …`: the indices along the axes of element `i`, the last axis first. */
export const axisIndices = (rank: number): Fragment[] => [
  ...(rank > 0 ? [wgsl`  var rest = i;`] : []),
  ...axesOf(rank).map((axis) =>
    axis === rank - 1 ? wgsl`  let i${axis} = rest;` : wgsl`  let i${axis} = rest % p.n${axis}; rest /= p.n${axis};`,
  ),
];

/** Sum of the indices times the strides of an operand, from a start. */
export const placeOf = (operand: string, start: string, rank: number): string =>
  [start, ...(rank === 0 ? ["i"] : axesOf(rank).map((axis) => `i${axis} * p.${operand}_s${axis}`))].join(" + ");

interface ElementwiseText {
  readonly name: string;
  readonly stored: Stored;
  readonly inputs: readonly ElementwiseInput[];
  readonly value: () => Fragment;
  readonly extra: readonly string[];
  readonly rank: number;
  readonly form: Form;
}

function makeShader({ name, stored, inputs, value, extra, rank, form }: ElementwiseText): Shader {
  const names = inputs.map((input) => input.name);
  const fields = [
    ...["threads", "count", "shift", "first"],
    ...names.map((one) => `${one}_offset`),
    ...(rank === 0 ? [] : axisFields(["out", ...names], rank)),
    ...extra,
  ];
  const loads = inputs.map(
    (input) => wgsl`
  let ${input.name}_at = ${placeOf(input.name, `p.${input.name}_offset`, rank)};
  let ${input.name} = ${load(input.stored, `${input.name}_words`, `${input.name}_at`)};`,
  );
  const pattern = stored.encode(value());
  const isShared = form === "elements" && stored.bits < 32;
  return kernelShader({
    name,
    reads: Object.fromEntries(names.map((one) => [`${one}_words`, "u32"])),
    writes: { out_words: isShared ? "atomic<u32>" : "u32" },
    params: Object.fromEntries(fields.map((field) => [field, "u32"])),
    body: wgsl`
  if (thread >= p.threads) { return; }
${eachElement(stored, form, rank, [...axisIndices(rank), ...loads], pattern)}`,
  });
}

/** Computes and stores elements `i`: parameters `threads`, `count`, `shift` and `first` say which and where. */
export function eachElement(
  stored: Stored,
  form: Form,
  rank: number,
  lines: readonly Fragment[],
  pattern: Fragment,
): Fragment {
  const { bits } = stored;
  if (form === "words" && bits < 32)
    return wgsl`
  var word = 0u;
  var mask = 0u;
  for (var k = 0u; k < ${32 / bits}u; k++) {
    // Wraps where the word begins before the result, and is too large then.
    let i = ${32 / bits}u * thread + k - p.shift;
    if (i >= p.count) { continue; }
${lines}
    word |= (${pattern}) << (${bits}u * k);
    mask |= ${onesOf(stored)} << (${bits}u * k);
  }
  let last = p.first + thread;
  if (mask == 0xffffffffu) { out_words[last] = word; } else { out_words[last] = (out_words[last] & ~mask) | word; }`;
  const place = form === "words" ? "p.first + i" : placeOf("out", "p.first", rank);
  const store = form === "words" ? wgsl`  out_words[${place}] = ${pattern};` : storePattern(stored, place, pattern);
  return wgsl`
  let i = thread;
${[...lines, store]}`;
}

/** Stores a number in `out_words`, which are atomic where others may write the rest of a word at the same time. */
export const storeOne = (stored: Stored, place: string, value: Fragment, words = "out_words"): Fragment =>
  storePattern(stored, place, stored.encode(value), words);

function storePattern(stored: Stored, place: string, pattern: Fragment, words = "out_words"): Fragment {
  const { bits } = stored;
  if (bits === 32) return wgsl`  ${words}[${place}] = ${pattern};`;
  return wgsl`
  let place = ${place};
  let shift = ${bits}u * (place & ${32 / bits - 1}u);
  atomicAnd(&${words}[place / ${32 / bits}u], ~(${onesOf(stored)} << shift));
  atomicOr(&${words}[place / ${32 / bits}u], (${pattern}) << shift);`;
}
