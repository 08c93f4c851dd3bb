import type { Layout } from "../../../layout.ts";
import { mergeAxes } from "../axes.ts";
import type { KernelText } from "./kernel-text.ts";

/** An operand, or part of one, as addresses are computed for it. */
export interface Placed {
  readonly name: string;
  readonly layout: Pick<Layout, "strides" | "offset">;
}

/**
 * Writes the lines that turn position `i` (an integer variable) in row-major order of `shape` into the address of the
 * element that each operand has there; gives the addresses, in order, as integer variables. Axes that lie back to back
 * in all operands are merged first: mostly nothing is left to divide.
 */
export function walk(
  text: KernelText,
  i: string,
  shape: readonly number[],
  operands: readonly Placed[],
): readonly string[] {
  const axes = mergeAxes(
    shape,
    operands.map(({ layout }) => layout),
  );
  const index = unravel(
    text,
    i,
    axes.shape.map((length) => [text.local("index"), length]),
  );
  return operands.map(({ name, layout }, k) =>
    address(text, { name, layout: { strides: axes.strides[k] ?? [], offset: layout.offset } }, index),
  );
}

/** Writes the lines that split a position into one index per axis, given as name and length; gives the names. */
export function unravel(
  text: KernelText,
  i: string,
  axes: readonly (readonly [name: string, length: number])[],
): readonly string[] {
  let rest = i;
  const names: string[] = [];
  for (const [name, length] of axes.slice(1).toReversed()) {
    const extent = text.argument(text.local("extent"), "Integer", length);
    const outer = text.int(text.local("outer"), text.div(rest, extent));
    names.unshift(text.int(name, `${rest} - ${outer} * ${extent}`));
    rest = outer;
  }
  const [first] = axes;
  return first ? [text.int(first[0], rest), ...names] : names;
}

/** Writes the line of an operand's address at an index; gives the variable. */
export function address(text: KernelText, { name, layout }: Placed, index: readonly string[]): string {
  const steps = index.map((at, axis) => {
    const step = text.argument(text.local(`${name}Step`), "Integer", layout.strides[axis] ?? 0);
    return `${at} * ${step}`;
  });
  const offset = text.argument(text.local(`${name}Offset`), "Integer", layout.offset);
  return text.int(text.local(`${name}At`), [offset, ...steps].join(" + "));
}
