import type { Backend, DType, QuantFormatName, Tensor } from "@helium-lm/tensor";
import {
  dequantizeMatrix,
  dtypes,
  formatShape,
  fromStored,
  fromStoredParts,
  isDType,
  isFloat,
  QuantMatrix,
  Rng,
  scope,
  sizeOf,
  tensor,
} from "@helium-lm/tensor";
import { dequantize, fittingFormat, isQuantFormat, ParallelQuantizer, quantRowBytes } from "@helium-lm/tensor/quant";
import { WeightsError } from "./errors.ts";
import { convertStored } from "./convert-stored.ts";
import { PartBuffers, slicesOf, type CheckpointReader, type TensorInfo } from "./io/index.ts";
import { keptMatrix, matrixPath, type KeptMatrix, type MatrixPath } from "./kept-matrix.ts";
import { shareMatrix, type Matrix } from "./matrix.ts";
import { blockParts, elementParts, type MatrixReading } from "./stored-parts.ts";

/**
 * Where layers get their weights: they ask by path and shape.
 *
 * Every tensor given belongs to the asker. A load that fails part-way calls `abandon()` on the root source, which
 * disposes all tensors given so far.
 */
export interface WeightSource {
  /** Dense, whatever the checkpoint holds. @throws WeightsError when the tensor is missing or has another shape */
  get(path: string, shape: readonly number[]): Promise<Tensor>;
  /** As `get`, but quantised weights may stay as they are; for layers that multiply or look up. */
  getMatrix(path: string, shape: readonly [number, number]): Promise<Matrix>;
  has(path: string): boolean;
  /** The same source with `prefix.` put before every path. */
  at(prefix: string): WeightSource;
}

/**
 * Storage dtype of matrices: `auto` keeps the file's, block formats included where the backend stores them (elsewhere they
 * become f32). Vectors (norms, biases) are always kept as f32.
 */
export type WeightDType = "auto" | "f32" | "f16" | "bf16";

/** As `WeightDType`, or a block format that matrices are quantised to while they are read. */
export type MatrixDType = WeightDType | QuantFormatName;

export interface CheckpointWeightsOptions {
  /** Of all matrices, or by path; default "auto". */
  readonly dtype?: MatrixDType | ((path: string) => MatrixDType);
  /** Rows that do not fill a block format's blocks are an error; default: they take its fallback, or bf16. */
  readonly strictDtype?: boolean;
  /** Name in the checkpoint of a path asked for; default: the same. Null: not there. */
  readonly resolve?: (path: string) => string | null;
  /** Paths that may be missing and are then initialised as in training: N(0, std) for matrices, 0 for vectors. */
  readonly fresh?: { readonly accepts: (path: string) => boolean; readonly std: number; readonly seed: number };
  readonly onTensor?: (event: { readonly path: string; readonly bytes: number }) => void;
  readonly signal?: AbortSignal;
}

/** What a load did with the checkpoint's keys. */
export interface LoadReport {
  /** Paths that were freshly initialised. */
  readonly missing: readonly string[];
  /** Checkpoint names nobody asked for. */
  readonly unused: readonly string[];
  /** Matrices whose rows do not fill the blocks of the format asked for; absent where there are none. */
  readonly fallbacks?: readonly DTypeFallback[];
  /** Matrices in block formats that the backend's kernels do not read; absent where there are none. */
  readonly slow?: readonly SlowMatrix[];
  /** Why matrices were quantised on one thread of a backend that has more; absent where they were not. */
  readonly oneThread?: string;
}

/** A matrix that layers do not work with as it is stored, by the backend's kernels. */
export interface SlowMatrix extends KeptMatrix {
  readonly path: string;
  /** Block format in the file, or the one it was quantised to. */
  readonly stored: QuantFormatName;
  readonly runs: Exclude<MatrixPath, "kernel">;
}

/** A matrix kept otherwise than was asked for. */
export interface DTypeFallback {
  readonly path: string;
  readonly wanted: QuantFormatName;
  readonly used: QuantFormatName | "bf16";
}

/** Weights out of a checkpoint, one tensor at a time; nothing is read before it is asked for. */
export class CheckpointWeights implements WeightSource {
  readonly #backend: Backend;
  readonly #reader: CheckpointReader;
  readonly #options: CheckpointWeightsOptions;
  readonly #names: ReadonlySet<string>;
  readonly #used = new Set<string>();
  readonly #fresh: string[] = [];
  readonly #fallbacks: DTypeFallback[] = [];
  readonly #slow: SlowMatrix[] = [];
  readonly #given: Matrix[] = [];
  readonly #buffers = new PartBuffers();
  readonly #quantizer: ParallelQuantizer;

  constructor(backend: Backend, reader: CheckpointReader, options: CheckpointWeightsOptions = {}) {
    this.#backend = backend;
    this.#reader = reader;
    this.#options = options;
    this.#names = new Set(reader.names());
    this.#quantizer = new ParallelQuantizer(backend.capabilities.threads);
  }

  has(path: string): boolean {
    return this.#find(path) !== null;
  }

  at(prefix: string): WeightSource {
    return prefixed(this, prefix);
  }

  async get(path: string, shape: readonly number[]): Promise<Tensor> {
    this.#options.signal?.throwIfAborted();
    const name = this.#find(path);
    const dtype = this.#dtypeOf(path);
    // A format asked for is for layers that multiply and look up; here it means the file's own dtype.
    const dense = isQuantFormat(dtype) ? "auto" : dtype;
    const result = name === null ? this.#initialise(path, shape) : await this.#read(name, shape, dense);
    this.#given.push(result);
    return result;
  }

  async getMatrix(path: string, shape: readonly [number, number]): Promise<Matrix> {
    const name = this.#find(path);
    if (name === null) return this.get(path, shape);
    this.#options.signal?.throwIfAborted();
    const info = this.#check(name, shape);
    const dtype = this.#matrixDType(path, info);
    const result = isQuantFormat(dtype)
      ? await this.#quantise(info, dtype, shape)
      : await this.#read(name, shape, dtype);
    this.#given.push(result);
    return result;
  }

  report(): LoadReport {
    return {
      missing: [...this.#fresh],
      unused: [...this.#names].filter((name) => !this.#used.has(name)).sort(),
      ...(this.#fallbacks.length > 0 && { fallbacks: [...this.#fallbacks] }),
      ...(this.#slow.length > 0 && { slow: [...this.#slow] }),
      ...(this.#quantizer.refused !== null && { oneThread: this.#quantizer.refused }),
    };
  }

  /** Disposes every tensor given so far. */
  abandon(): void {
    for (const t of this.#given) t.dispose();
  }

  #find(path: string): string | null {
    const name = this.#options.resolve ? this.#options.resolve(path) : path;
    return name !== null && this.#names.has(name) ? name : null;
  }

  #dtypeOf(path: string): MatrixDType {
    const { dtype = "auto" } = this.#options;
    return typeof dtype === "function" ? dtype(path) : dtype;
  }

  /** What a matrix is kept as: what was asked for, if its rows fill that format's blocks and the backend stores them. */
  #matrixDType(path: string, { dtype: stored, shape }: TensorInfo): MatrixDType {
    const wanted = this.#dtypeOf(path);
    if (wanted === "auto") {
      if (!isQuantFormat(stored)) return wanted;
      const { kept, runs } = keptMatrix(this.#backend, stored);
      if (runs !== "kernel") this.#slow.push({ path, stored, kept, runs });
      return isQuantFormat(kept) ? kept : wanted;
    }
    if (!isQuantFormat(wanted)) return wanted;
    const columns = shape.at(-1) ?? 0;
    // Throws, naming the mend, where nothing else is allowed.
    if (this.#options.strictDtype === true) quantRowBytes(wanted, columns);
    const used = fittingFormat(wanted, columns) ?? "bf16";
    if (used !== wanted) this.#fallbacks.push({ path, wanted, used });
    if (isQuantFormat(used)) {
      const runs = matrixPath(this.#backend, used);
      if (runs !== "kernel") this.#slow.push({ path, stored: used, kept: used, runs });
    }
    return used;
  }

  async #quantise(info: TensorInfo, format: QuantFormatName, shape: readonly [number, number]): Promise<QuantMatrix> {
    const parts = blockParts(info, format, this.#reading(info.name), this.#quantizer);
    const matrix = await QuantMatrix.fromParts(this.#backend, format, shape, parts);
    this.#took(info.name, shape[0] * quantRowBytes(format, shape[1]));
    return matrix;
  }

  async #read(name: string, shape: readonly number[], wanted: WeightDType): Promise<Tensor> {
    const info = this.#check(name, shape);
    const stored = isQuantFormat(info.dtype) ? "f32" : info.dtype;
    const isMatrix = shape.length > 1;
    const choose = (from: DType): DType => (isMatrix ? (wanted === "auto" ? from : wanted) : "f32");
    // A vector is small, and the reader says best why it cannot read a type.
    if (!isMatrix || !isDType(stored)) {
      const bytes = await this.#reader.readBytes(name);
      const plain = isQuantFormat(info.dtype) ? new Uint8Array(dequantize(info.dtype, bytes).buffer) : bytes;
      const { dtype, elements } = convertStored(name, stored, plain, choose);
      this.#took(name, elements.byteLength);
      return fromStored(this.#backend, elements, shape, dtype);
    }
    const dtype = isFloat(stored) ? choose(stored) : stored;
    const parts = elementParts(info, dtype, this.#reading(name));
    const matrix = await fromStoredParts(this.#backend, parts, shape, dtype, { weights: true });
    this.#took(name, sizeOf(shape) * dtypes[dtype].bytes);
    return matrix;
  }

  #reading(name: string): MatrixReading {
    return { read: slicesOf(this.#reader, name), buffers: this.#buffers, signal: this.#options.signal };
  }

  /** Counts a tensor as used and reports the bytes it takes. */
  #took(name: string, bytes: number): void {
    this.#used.add(name);
    this.#options.onTensor?.({ path: name, bytes });
  }

  #check(name: string, shape: readonly number[]): TensorInfo {
    const info = this.#reader.info(name);
    if (info.shape.length !== shape.length || info.shape.some((n, axis) => n !== shape[axis]))
      throw new WeightsError(
        name,
        `has shape ${formatShape(info.shape)}, the model expects ${formatShape(shape)}; check that config.json belongs to these weights`,
        { given: info.shape, expected: shape },
      );
    return info;
  }

  #initialise(path: string, shape: readonly number[]): Tensor {
    const { fresh } = this.#options;
    if (!fresh?.accepts(path))
      throw new WeightsError(
        path,
        `is missing from the checkpoint (${this.#names.size} tensors); expected ${formatShape(shape)}`,
        {
          path,
          expected: shape,
        },
      );
    this.#fresh.push(path);
    const rng = new Rng(fresh.seed + this.#fresh.length);
    const values = new Float32Array(shape.reduce((size, n) => size * n, 1));
    if (shape.length > 1) for (let i = 0; i < values.length; i++) values[i] = rng.normal() * fresh.std;
    return tensor(this.#backend, values, { shape });
  }
}

/** Weights held in memory by path, e.g. from a test or another framework; the tensors given are new views. */
export class MemoryWeights implements WeightSource {
  readonly #weights: ReadonlyMap<string, Matrix>;

  constructor(weights: ReadonlyMap<string, Matrix>) {
    this.#weights = weights;
  }

  has(path: string): boolean {
    return this.#weights.has(path);
  }

  at(prefix: string): WeightSource {
    return prefixed(this, prefix);
  }

  async get(path: string, shape: readonly number[]): Promise<Tensor> {
    const found = this.#find(path, shape);
    return scope(() => (found instanceof QuantMatrix ? dequantizeMatrix(found) : found.view(found.layout)));
  }

  async getMatrix(path: string, shape: readonly [number, number]): Promise<Matrix> {
    return shareMatrix(this.#find(path, shape));
  }

  #find(path: string, shape: readonly number[]): Matrix {
    const found = this.#weights.get(path);
    if (!found) throw new WeightsError(path, `is missing; expected ${formatShape(shape)}`, { path });
    if (found.shape.length !== shape.length || found.shape.some((n, axis) => n !== shape[axis]))
      throw new WeightsError(path, `has shape ${formatShape(found.shape)}, expected ${formatShape(shape)}`, {
        given: found.shape,
        expected: shape,
      });
    return found;
  }
}

function prefixed(source: WeightSource, prefix: string): WeightSource {
  return {
    get: (path, shape) => source.get(`${prefix}.${path}`, shape),
    getMatrix: (path, shape) => source.getMatrix(`${prefix}.${path}`, shape),
    has: (path) => source.has(`${prefix}.${path}`),
    at: (inner) => prefixed(source, `${prefix}.${inner}`),
  };
}
