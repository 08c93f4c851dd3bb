import { isFloat } from "../../dtypes/dtype.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../errors.ts";
import { formatShape, sizeOf } from "../../layout.ts";
import { scope } from "../../scope.ts";
import type { Tensor } from "../../tensor.ts";
import { mul } from "../binary.ts";
import { asDType } from "../cast.ts";
import { commonBackend, commonDType } from "../dispatch.ts";
import { matmul } from "../matmul.ts";
import { sum } from "../reduce.ts";
import { expand, permute, reshape } from "../view.ts";
import { parseEquation } from "./einsum-equation.ts";

/** A tensor with a label for each axis, all different. */
interface Term {
  readonly tensor: Tensor;
  readonly labels: readonly string[];
}

/**
 * Sums of products by labels (NumPy's and PyTorch's einsum): one term of letters per operand, each letter an axis; the
 * result has the letters after `->`, and all others are summed over. A letter twice in one term takes the diagonal, "..."
 * stands for further axes, which broadcast, as do axes of length 1. Without `->` the result has the letters that occur
 * once, in alphabetical order. Operands are contracted from left to right; floats in f32, integers wrapping.
 *
 * @returns a tensor of the operands' dtype, the caller's to dispose; of one operand it may be a view
 * @throws ArgumentError for an equation that does not fit the operands, ShapeError for lengths that differ, DTypeError
 * @example
 * einsum("bthd,bshd->bhts", q, k); // scores of attention
 * einsum("ii", x); // trace
 */
export function einsum(equation: string, ...operands: readonly Tensor[]): Tensor {
  if (operands.length === 0) throw new ArgumentError("einsum", `"${equation}" has no operand; give one per term`);
  commonBackend("einsum", ...operands);
  const dtype = commonDType("einsum", ...operands);
  if (dtype === "bool")
    throw new DTypeError("einsum", "operands are bool; cast() them to i32 or f32", { given: dtype });
  const ranks = operands.map(({ rank }) => rank);
  const { inputs, output } = parseEquation(equation, ranks);
  checkLengths(equation, operands, inputs);
  return scope(() => {
    const wide = (t: Tensor): Tensor => (isFloat(dtype) ? asDType(t, "f32") : t);
    const [first, ...others] = operands.map((t, i) => diagonal(wide(t), inputs[i]));
    const product = others.reduce((left, right, i) => {
      const later = new Set([...output, ...inputs.slice(i + 2).flat()]);
      return contract(left, right, later);
    }, first);
    const { tensor, labels } = sumOver(product, (label) => !output.includes(label));
    const result = permute(
      tensor,
      output.map((label) => labels.indexOf(label)),
    );
    return asDType(result, dtype);
  });
}

/** @throws ShapeError where one letter has two lengths, neither of them 1 */
function checkLengths(equation: string, operands: readonly Tensor[], inputs: readonly (readonly string[])[]): void {
  const lengths = new Map<string, number>();
  inputs.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const n = operands[i].shape[axis];
      const known = lengths.get(label) ?? 1;
      const twice = labels.indexOf(label);
      if ((known !== 1 && n !== 1 && known !== n) || operands[i].shape[twice] !== n)
        throw new ShapeError(
          "einsum",
          `"${equation}": axis "${label}" has length ${n} in operand ${i} ${formatShape(operands[i].shape)} beside ${twice === axis ? known : operands[i].shape[twice]}; expected one length`,
          { given: operands.map(({ shape }) => shape), equation, label },
        );
      if (n !== 1) lengths.set(label, n);
    }),
  );
}

/** A label that occurs more than once walks its axes together: their strides add up. */
function diagonal(x: Tensor, labels: readonly string[]): Term {
  const unique = [...new Set(labels)];
  if (unique.length === labels.length) return { tensor: x, labels };
  const { strides, offset } = x.layout;
  const tensor = x.view({
    shape: unique.map((label) => x.shape[labels.indexOf(label)]),
    strides: unique.map((label) =>
      labels.reduce((step, one, axis) => (one === label ? step + strides[axis] : step), 0),
    ),
    offset,
  });
  return { tensor, labels: unique };
}

function sumOver({ tensor, labels }: Term, gone: (label: string) => boolean): Term {
  const axes = labels.flatMap((label, axis) => (gone(label) ? [axis] : []));
  if (axes.length === 0) return { tensor, labels };
  return { tensor: sum(tensor, axes), labels: labels.filter((label) => !gone(label)) };
}

/** The tensor under other labels, in their order; those that it lacks have length 1. */
function aligned({ tensor, labels }: Term, order: readonly string[]): Tensor {
  const own = order.filter((label) => labels.includes(label));
  const turned = permute(
    tensor,
    own.map((label) => labels.indexOf(label)),
  );
  return reshape(
    turned,
    order.map((label) => (labels.includes(label) ? turned.shape[own.indexOf(label)] : 1)),
  );
}

/** Product of two terms, summed over the labels that nothing needs later. */
function contract(a: Term, b: Term, later: ReadonlySet<string>): Term {
  const left = sumOver(a, (label) => !later.has(label) && !b.labels.includes(label));
  const right = sumOver(b, (label) => !later.has(label) && !a.labels.includes(label));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const summed = shared.filter((label) => !later.has(label));
  const ofLeft = left.labels.filter((label) => !shared.includes(label));
  const ofRight = right.labels.filter((label) => !shared.includes(label));
  const rowsAndColumns = ofLeft.length + ofRight.length > 0;
  if (isFloat(left.tensor.dtype) && summed.length > 0 && rowsAndColumns) {
    const batch = shared.filter((label) => later.has(label));
    return multiply(left, right, batch, ofLeft, summed, ofRight);
  }
  const labels = [...new Set([...left.labels, ...right.labels])];
  const tensor = mul(aligned(left, labels), aligned(right, labels));
  return sumOver({ tensor, labels }, (label) => summed.includes(label));
}

/** As one matrix product `[...batch, M, K] × [...batch, K, N]`. */
function multiply(
  left: Term,
  right: Term,
  batch: readonly string[],
  rows: readonly string[],
  summed: readonly string[],
  columns: readonly string[],
): Term {
  const lengthOf = (label: string): number =>
    [left, right].reduce((n, { tensor, labels }) => {
      const own = tensor.shape[labels.indexOf(label)] ?? 1;
      return own === 1 ? n : own;
    }, 1);
  const lengths = (labels: readonly string[]): number[] => labels.map(lengthOf);
  const matrices = (term: Term, first: readonly string[], second: readonly string[]): Tensor => {
    const order = [...batch, ...first, ...second];
    const spread = expand(aligned(term, order), lengths(order));
    return reshape(spread, [...lengths(batch), sizeOf(lengths(first)), sizeOf(lengths(second))]);
  };
  const product = matmul(matrices(left, rows, summed), matrices(right, summed, columns));
  const labels = [...batch, ...rows, ...columns];
  return { tensor: reshape(product, lengths(labels)), labels };
}
