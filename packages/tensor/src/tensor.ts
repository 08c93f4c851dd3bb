import type { Backend } from "./contract/backend.ts";
import type { Operand, StorageSpec } from "./contract/operand.ts";
import { dtypes, type DType, type TypedArray } from "./dtypes/dtype.ts";
import { dtypeOf, type DTypeLike } from "./dtypes/dtype-names.ts";
import { ArgumentError, ShapeError } from "./errors.ts";
import { checkShape, contiguousLayout, formatShape, isContiguous, sizeOf, type Layout } from "./layout.ts";
import { checkOptionNames, type OptionNames } from "./option-names.ts";
import { runKernel } from "./run-kernel.ts";
import { Storage } from "./storage.ts";
import { StorageView, type ViewDescription } from "./storage-view.ts";
import { valuesText } from "./tensor-text.ts";
import { writeParts } from "./write-parts.ts";

/** What Node, Bun and Deno call to show an object in the console; by its name, since pages have no `node:util`. */
const inspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");

/** Nested arrays of numbers, as deep as the tensor's rank; a plain number for rank 0. */
export type NestedNumbers = number | readonly NestedNumbers[];

/**
 * A strided view (layout + dtype) of a ref-counted storage on one backend.
 *
 * Ops are functions (`add(a, b)`); a tensor is immutable except through `sliceUpdate`. Views share storage. Everything
 * is freed by `dispose()`, `using` or the `scope()` it was made in; use afterwards throws `DisposedError`.
 */
export class Tensor extends StorageView implements Operand {
  readonly layout: Layout;
  readonly dtype: DType;

  /** Takes over one reference of `storage`. Use the creation functions and ops instead. */
  constructor(storage: Storage, layout: Layout, dtype: DType) {
    super(storage);
    this.layout = layout;
    this.dtype = dtype;
  }

  /** New tensor of undefined contents. @throws ShapeError, BackendError */
  static empty(backend: Backend, shape: readonly number[], dtype: DType, weights = false): Tensor {
    checkShape("empty", shape);
    return new Tensor(new Storage(backend, denseSpec(shape, dtype, weights)), contiguousLayout(shape), dtype);
  }

  get shape(): readonly number[] {
    return this.layout.shape;
  }

  get rank(): number {
    return this.layout.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.layout.shape);
  }

  /** Another view of the same storage; retains it. */
  view(layout: Layout): Tensor {
    return new Tensor(this.storageFor("view").retain(), layout, this.dtype);
  }

  /**
   * The elements in row-major order as numbers: f16 and bf16 come decoded as f32, bool as 0 and 1, the others as they
   * are stored. A copy; never aliases the tensor.
   *
   * @throws DisposedError; on GPU backends what the queued work failed with
   * @example
   * console.log(await tensor(backend, [[1, 2], [3, 4]]).data()); // Float32Array(4) [ 1, 2, 3, 4 ]
   */
  async data(): Promise<TypedArray> {
    this.storageFor("data");
    const { decode, kind, bytes } = dtypes[this.dtype];
    const stored = await this.stored();
    return kind === "float" && bytes === 2 ? Float32Array.from(stored, decode) : stored;
  }

  /** The elements in row-major order as stored (f16 and bf16 as their 16 bits). A copy. */
  async stored(): Promise<TypedArray> {
    const storage = this.storageFor("stored");
    const { backend } = this;
    // A whole contiguous storage is read as it is; anything else is gathered on the device first.
    const whole = isContiguous(this.layout) && this.layout.offset === 0;
    const source = whole ? storage.retain() : new Storage(backend, this.#spec());
    try {
      if (!whole) {
        const out: Operand = { handle: source.handle, layout: contiguousLayout(this.shape), dtype: this.dtype };
        runKernel(backend, "copy", out, { x: this }, {});
      }
      const bytes = await backend.read(source.handle);
      return dtypes[this.dtype].view(bytes.buffer, bytes.byteOffset, this.size);
    } finally {
      source.release();
    }
  }

  /**
   * The elements as nested arrays.
   *
   * @example
   * console.log(await arange(backend, 0, 6).toArray()); // [ 0, 1, 2, 3, 4, 5 ]
   */
  async toArray(): Promise<NestedNumbers> {
    const values = await this.data();
    let at = 0;
    const build = (axis: number): NestedNumbers =>
      axis === this.rank ? values[at++] : Array.from({ length: this.shape[axis] }, () => build(axis + 1));
    return build(0);
  }

  /** The only element of a tensor of size 1. @throws ShapeError for any other size */
  async item(): Promise<number> {
    if (this.size !== 1)
      throw new ShapeError("item", `needs a tensor of one element, got shape ${formatShape(this.shape)}`, {
        shape: this.shape,
      });
    return (await this.data())[0];
  }

  override toString(): string {
    return `Tensor(${this.dtype}${formatShape(this.shape)} on ${this.backend.name}${this.disposed ? ", disposed" : ""})`;
  }

  /**
   * What `console.log` shows in Node, Bun and Deno: dtype, shape and values, above 1,000 elements the first and last three
   * of each axis; no values on a backend that reads asynchronously only.
   */
  [inspect](depth = 0): string {
    if (this.disposed || depth < 0) return this.toString();
    try {
      const values = valuesText(this.backend, this);
      return values === null ? this.toString() : `${this.toString()}${values.includes("\n") ? "\n" : " "}${values}`;
    } catch (error) {
      return `${this.toString()} (no values: ${error instanceof Error ? error.message : String(error)})`;
    }
  }

  #spec() {
    return { kind: "dense", dtype: this.dtype, length: this.size } as const;
  }

  protected override description(): ViewDescription {
    const { dtype, shape } = this;
    return { title: `tensor ${dtype}${formatShape(shape)}`, dtype, shape };
  }
}

/** What `tensor` cannot see from the values. */
export interface TensorOptions {
  readonly shape?: readonly number[];
  readonly dtype?: DTypeLike;
}

const tensorOptions: OptionNames<TensorOptions> = { shape: true, dtype: true };

/**
 * Tensor of the given values (numbers; f16/bf16 are rounded to nearest even). It belongs to the scope around the call, or
 * to the caller, who disposes it.
 *
 * @param values nested arrays (their nesting is the shape), a flat array or a typed array
 * @param shape needed for flat data of rank ≠ 1; must hold exactly the given number of values
 * @param dtype by default that of a typed array (`Int32Array` → i32, `Uint8Array` → u8, …), else f32
 * @throws ShapeError for ragged arrays or a size mismatch, ArgumentError for what is not a number or no option, DTypeError for
 *   what is not a dtype
 * @example
 * tensor(backend, [[1, 2], [3, 4]]); // f32[2, 2]
 * tensor(backend, new Int32Array([5, 7])); // i32[2]
 */
export function tensor(backend: Backend, values: NestedNumbers | TypedArray, options: TensorOptions = {}): Tensor {
  checkOptionNames("tensor", options, tensorOptions);
  const flat = ArrayBuffer.isView(values) ? values : flatten(values);
  if (ArrayBuffer.isView(flat) && (flat.length === undefined || typeof flat[0] === "bigint"))
    throw new ArgumentError("tensor", `values are a ${flat.constructor.name}; expected numbers, as of an Int32Array`, {
      given: flat.constructor.name,
    });
  const shape = options.shape ?? (ArrayBuffer.isView(values) ? [values.length] : shapeOf(values));
  const dtype = options.dtype === undefined ? dtypeOfValues(flat) : dtypeOf("tensor", options.dtype);
  checkShape("tensor", shape);
  if (sizeOf(shape) !== flat.length)
    throw new ShapeError("tensor", `${flat.length} values do not fit shape ${formatShape(shape)}`, {
      given: flat.length,
      expected: sizeOf(shape),
      shape,
    });
  const { encode, bytes, view } = dtypes[dtype];
  const stored = view(new ArrayBuffer(flat.length * bytes), 0, flat.length);
  for (let i = 0; i < flat.length; i++) stored[i] = encode(flat[i]);
  return fromStored(backend, stored, shape, dtype);
}

/**
 * Tensor of elements given as they are stored (f16 and bf16 as 16-bit patterns), e.g. from a file.
 *
 * @example
 * const ones = fromStored(backend, Uint16Array.of(0x3c00, 0x3c00), [2], "f16");
 * console.log(await ones.toArray()); // [ 1, 1 ]
 */
export function fromStored(
  backend: Backend,
  stored: ArrayBufferView,
  shape: readonly number[],
  dtype: DType,
  { weights = false }: { readonly weights?: boolean } = {},
): Tensor {
  checkShape("fromStored", shape);
  const expected = sizeOf(shape) * dtypes[dtype].bytes;
  if (stored.byteLength !== expected)
    throw new ShapeError(
      "fromStored",
      `${stored.byteLength} bytes do not fit ${dtype}${formatShape(shape)} (${expected})`,
      {
        given: stored.byteLength,
        expected,
        shape,
        dtype,
      },
    );
  const result = Tensor.empty(backend, shape, dtype, weights);
  backend.write(result.handle, new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  return result;
}

function denseSpec(shape: readonly number[], dtype: DType, weights: boolean): StorageSpec {
  const isMatrix = weights && shape.length === 2;
  return {
    ...{ kind: "dense", dtype, length: sizeOf(shape) },
    ...(weights && { weights }),
    ...(isMatrix && { columns: shape[1] }),
  };
}

/** The dtype that a typed array stores; f32 for arrays of numbers and for those without a dtype of their own. */
function dtypeOfValues(values: TypedArray | readonly number[]): DType {
  if (values instanceof Int32Array) return "i32";
  if (values instanceof Uint32Array) return "u32";
  if (values instanceof Int8Array) return "i8";
  return values instanceof Uint8Array ? "u8" : "f32";
}

/**
 * As `fromStored`, of bytes that come in order and in parts, each used before the next is asked for: beside the tensor no more
 * than a part is held.
 *
 * @throws ShapeError when they are not the shape's, and what the parts throw; nothing is held then
 */
export async function fromStoredParts(
  backend: Backend,
  parts: AsyncIterable<Uint8Array>,
  shape: readonly number[],
  dtype: DType,
  { weights = false }: { readonly weights?: boolean } = {},
): Promise<Tensor> {
  checkShape("fromStoredParts", shape);
  const storage = new Storage(backend, denseSpec(shape, dtype, weights));
  try {
    await writeParts(backend, storage.handle, sizeOf(shape) * dtypes[dtype].bytes, parts);
  } catch (error) {
    storage.release();
    throw error;
  }
  return new Tensor(storage, contiguousLayout(shape), dtype);
}

function shapeOf(values: NestedNumbers): number[] {
  const shape: number[] = [];
  for (let level: NestedNumbers | undefined = values; isNested(level); level = level[0]) shape.push(level.length);
  return shape;
}

/** `Array.isArray` does not narrow readonly arrays. */
function isNested(value: unknown): value is readonly NestedNumbers[] {
  return Array.isArray(value);
}

function flatten(values: NestedNumbers): number[] {
  const shape = shapeOf(values);
  const flat: number[] = [];
  const walk = (value: NestedNumbers, axis: number): void => {
    if (typeof value === "number") {
      if (axis !== shape.length) throw new ShapeError("tensor", "nested arrays are ragged; give every row one length");
      flat.push(value);
    } else if (isNested(value)) {
      if (value.length !== shape[axis])
        throw new ShapeError(
          "tensor",
          `nested arrays are ragged: ${value.length} entries beside ${shape[axis]} on axis ${axis}`,
        );
      for (const item of value) walk(item, axis + 1);
    } else {
      throw new ArgumentError("tensor", `values must be numbers, got ${typeof value}`, { given: value });
    }
  };
  walk(values, 0);
  return flat;
}
