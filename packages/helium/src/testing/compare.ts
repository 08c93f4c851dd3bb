import type { Tensor } from "@helium-lm/tensor";

/** A tensor's elements on the host. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A model gave something it should not. The message says what, where and how much. */
export class Mismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Mismatch";
  }
}

/**
 * Two ways of computing one thing in f32 may differ by this factor of the largest number beside it. Over 10 000 drawn
 * comparisons on `cpu` the largest factor was 1.7e−6; backends that add in f32 get about ten times that.
 */
const RELATIVE = 2e-5;

/** Reads a tensor and frees it. */
export async function take(t: Tensor): Promise<Values> {
  try {
    return { shape: t.shape, data: await t.data() };
  } finally {
    t.dispose();
  }
}

/** `values[b]` of a batch: `[B, T, …]` → `[T, …]`. */
export function row(values: Values, b: number): Values {
  const { shape, data } = slice(values, b, b + 1);
  return { shape: shape.slice(1), data };
}

/** `values[from … to − 1]`: `[T, …]` → `[to − from, …]`. */
export function slice({ shape, data }: Values, from: number, to: number): Values {
  const rest = shape.slice(1);
  const width = rest.reduce((size, n) => size * n, 1);
  return { shape: [to - from, ...rest], data: Array.from(data).slice(from * width, to * width) };
}

/** Several runs of positions `[T_i, …]` one after the other. */
export function joined(parts: readonly Values[]): Values {
  const [first] = parts;
  const T = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return { shape: [T, ...(first?.shape.slice(1) ?? [])], data: parts.flatMap(({ data }) => Array.from(data)) };
}

/** Distance allowed beside these numbers. */
export function allowance({ data }: Values): number {
  return RELATIVE * Math.max(1, ...Array.from(data, Math.abs));
}

/** @throws Mismatch unless both have the same bits */
export function expectSame(what: string, got: Values, want: Values): void {
  expectShape(what, got.shape, want.shape);
  const i = Array.from(want.data).findIndex((value, at) => !Object.is(value, got.data[at]));
  if (i >= 0) throw new Mismatch(`${what}: ${difference(got, want, i)}; must be bit-equal`);
}

/** @throws Mismatch where a number is further off than the tolerance, or is none */
export function expectClose(what: string, got: Values, want: Values): void {
  expectShape(what, got.shape, want.shape);
  const allowed = allowance(want);
  const i = Array.from(want.data).findIndex((value, at) => !(Math.abs((got.data[at] ?? NaN) - value) <= allowed));
  if (i >= 0) throw new Mismatch(`${what}: ${difference(got, want, i)}; allowed ±${allowed.toPrecision(3)}`);
}

/** @throws Mismatch */
export function expectShape(what: string, got: readonly number[], want: readonly number[]): void {
  if (got.length !== want.length || got.some((n, axis) => n !== want[axis]))
    throw new Mismatch(`${what}: shape is [${got.join(", ")}], expected [${want.join(", ")}]`);
}

/** @throws Mismatch unless both are the same as JSON */
export function expectEqual(what: string, got: unknown, want: unknown): void {
  const [given, expected] = [JSON.stringify(got), JSON.stringify(want)];
  if (given !== expected) throw new Mismatch(`${what}: got ${given}, expected ${expected}`);
}

function difference({ data }: Values, want: Values, i: number): string {
  const place: number[] = [];
  let rest = i;
  for (const n of [...want.shape].reverse()) {
    place.unshift(rest % n);
    rest = Math.floor(rest / n);
  }
  return `first difference at [${place.join(", ")}] of [${want.shape.join(", ")}]: expected ${want.data[i]}, got ${data[i]}`;
}
