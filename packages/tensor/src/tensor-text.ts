import type { Backend } from "./contract/backend.ts";
import type { Operand } from "./contract/operand.ts";
import { dtypes, type DType, type TypedArray } from "./dtypes/dtype.ts";
import { kernelFor } from "./contract/kernel-table.ts";
import { contiguousLayout, isContiguous, narrowLayout, sizeOf, type Layout } from "./layout.ts";
import { Storage } from "./storage.ts";

/** As in NumPy: above this many elements only the first and last three of every axis are shown. */
const THRESHOLD = 1000;
const EDGE = 3;

/** Longest line of numbers. */
const COLUMNS = 80;

/** A run of entries of an axis that is shown. */
interface Run {
  readonly start: number;
  readonly length: number;
}

/**
 * The elements as nested lists, shortened where there are many, each float in the fewest digits that give it back; null on
 * a backend that cannot be read at once.
 */
export function valuesText(backend: Backend, x: Operand): string | null {
  if (!backend.capabilities.syncRead) return null;
  const { shape } = x.layout;
  const short = sizeOf(shape) > THRESHOLD;
  const runs = shape.map((n) =>
    short && n > 2 * EDGE
      ? [
          { start: 0, length: EDGE },
          { start: n - EDGE, length: EDGE },
        ]
      : [{ start: 0, length: n }],
  );
  const values = readShown(backend, x, runs);
  return values && listText(x.dtype, values, runs);
}

/** The shown elements, in row-major order. */
function readShown(backend: Backend, x: Operand, runs: readonly (readonly Run[])[]): readonly number[] | null {
  const { decode } = dtypes[x.dtype];
  const { layout } = x;
  const shown = runs.map((axis) => axis.reduce((n, { length }) => n + length, 0));
  const size = sizeOf(shown);
  if (size === 0) return [];
  const whole = layout.offset === 0 && isContiguous(layout) && size === sizeOf(layout.shape);
  if (whole && x.handle.spec.kind === "dense" && x.handle.spec.length === size)
    return Array.from(elements(backend, x, size) ?? [], decode);
  // Anything else is gathered on the device first, block by block: a look at a large tensor moves a few numbers.
  const storage = new Storage(backend, { kind: "dense", dtype: x.dtype, length: size });
  try {
    const out: Operand = { handle: storage.handle, layout: contiguousLayout(shown), dtype: x.dtype };
    for (const { from, to } of blocks(runs, layout, out.layout)) {
      const [target, source] = [
        { ...out, layout: to },
        { handle: x.handle, dtype: x.dtype, layout: from },
      ];
      const kernel = kernelFor(backend, "sliceUpdate", x.dtype, { source }, {}, target);
      if (!kernel) return null;
      kernel.run(target, { source }, {});
    }
    return Array.from(elements(backend, out, size) ?? [], decode);
  } finally {
    storage.release();
  }
}

function elements(backend: Backend, { handle, dtype }: Operand, size: number): TypedArray | undefined {
  const bytes = backend.readSync?.(handle);
  return bytes && dtypes[dtype].view(bytes.buffer, bytes.byteOffset, size);
}

/** Where every block of shown elements is, and where it goes: one run of each axis. */
function blocks(
  runs: readonly (readonly Run[])[],
  from: Layout,
  to: Layout,
): readonly { readonly from: Layout; readonly to: Layout }[] {
  return runs.reduce(
    (found, axisRuns, axis) =>
      found.flatMap((block) => {
        let start = 0;
        return axisRuns.map((run) => {
          const part = {
            from: narrowLayout("inspect", block.from, axis, run.start, run.length),
            to: narrowLayout("inspect", block.to, axis, start, run.length),
          };
          start += run.length;
          return part;
        });
      }),
    [{ from, to }],
  );
}

function numberText(dtype: DType, value: number): string {
  const { kind, encode } = dtypes[dtype];
  if (kind === "bool") return value === 0 ? "false" : "true";
  if (Object.is(value, -0)) return "-0";
  if (kind === "int" || !Number.isFinite(value)) return String(value);
  const stored = encode(value);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (encode(short) === stored) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** Lists in lists, numbers flush right, "..." where entries are left out. */
function listText(dtype: DType, values: readonly number[], runs: readonly (readonly Run[])[]): string {
  if (values.length === 0) return "[]";
  const texts = values.map((value) => numberText(dtype, value));
  const width = Math.max(...texts.map(({ length }) => length));
  const rank = runs.length;
  let at = 0;
  const list = (axis: number): string => {
    if (axis === rank) return (texts[at++] ?? "").padStart(rank === 0 ? 0 : width);
    const items = runs[axis].flatMap(({ length }, run) => [
      ...(run > 0 ? ["..."] : []),
      ...Array.from({ length }, () => list(axis + 1)),
    ]);
    if (axis === rank - 1) return `[${lines(items, axis + 1)}]`;
    // An empty line more between blocks of each further axis.
    return `[${items.join(`,${"\n".repeat(rank - 1 - axis)}${" ".repeat(axis + 1)}`)}]`;
  };
  return list(0);
}

/** Numbers in lines of at most 80 columns, indented under the first. */
function lines(items: readonly string[], indent: number): string {
  const found: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line}, ${item}`;
    if (line !== "" && indent + longer.length >= COLUMNS) {
      found.push(line);
      line = item;
    } else line = longer;
  }
  return [...found, line].join(`,\n${" ".repeat(indent)}`);
}
