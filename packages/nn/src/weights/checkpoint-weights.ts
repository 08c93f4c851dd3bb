import type { Backend, DType, OptionNames, QuantFormatName, Tensor } from "@helium-lm/tensor";
import {
  checkedDType,
  checkOptionNames,
  dtypes,
  formatShape,
  fromStored,
  fromStoredParts,
  QuantMatrix,
  Rng,
  sizeOf,
  tensor,
} from "@helium-lm/tensor";
import { dequantize, isQuantFormat, ParallelQuantizer, quantRowBytes } from "@helium-lm/tensor/quant";
import { WeightsError } from "../errors.ts";
import { convertStored } from "./convert-stored.ts";
import { ReadAhead, slicesOf, type CheckpointReader, type ComingParts, type TensorInfo } from "../io/index.ts";
import { matrixDTypes, type WeightDType } from "./matrix-dtypes.ts";
import { elementDType, KeptDTypes, type KeptDTypesOptions } from "../kept/kept-dtypes.ts";
import type { LoadReport } from "./load-report.ts";
import type { Matrix } from "../matrix.ts";
import { blockParts, elementParts, storedParts } from "./stored-parts.ts";
import { prefixed, type WeightSource } from "./weight-source.ts";

export interface CheckpointWeightsOptions extends KeptDTypesOptions {
  /** Name in the checkpoint of a path asked for; default: the same. Null: not there. */
  readonly resolve?: (path: string) => string | null;
  /** Paths that may be missing and are then initialised as in training: N(0, std) for matrices, 0 for vectors. */
  readonly fresh?: { readonly accepts: (path: string) => boolean; readonly std: number; readonly seed: number };
  readonly onTensor?: (event: { readonly path: string; readonly bytes: number }) => void;
  readonly signal?: AbortSignal;
}

const optionNames: OptionNames<CheckpointWeightsOptions> = {
  dtype: true,
  strictDtype: true,
  resolve: true,
  fresh: true,
  onTensor: true,
  signal: true,
};

/** A tensor that was asked for: its bytes, which are on their way, and what makes it of them. */
interface Request<M extends Matrix> {
  readonly parts: ComingParts;
  readonly make: (parts: AsyncIterable<Uint8Array>) => Promise<M>;
}

/**
 * Weights out of a checkpoint. Nothing is read before it is asked for; tensors are made one at a time, in the order in which
 * they were asked for, while the next ones are read. So who asks for many at once waits for less.
 */
export class CheckpointWeights implements WeightSource {
  readonly #backend: Backend;
  readonly #reader: CheckpointReader;
  readonly #options: CheckpointWeightsOptions;
  readonly #names: ReadonlySet<string>;
  readonly #used = new Set<string>();
  readonly #fresh: string[] = [];
  readonly #kept: KeptDTypes;
  readonly #given: Matrix[] = [];
  readonly #ahead: ReadAhead;
  /** Ends when all tensors that were asked for are there, or have failed. */
  #last: Promise<void> = Promise.resolve();
  #abandoned = false;
  readonly #quantizer: ParallelQuantizer;

  /** @throws WeightsError for unknown options and dtypes */
  constructor(backend: Backend, reader: CheckpointReader, options: CheckpointWeightsOptions = {}) {
    checkOptionNames("CheckpointWeights", options, optionNames, WeightsError);
    if (typeof options.dtype === "string")
      checkedDType({ subject: "dtype" }, options.dtype, matrixDTypes, WeightsError);
    this.#backend = backend;
    this.#reader = reader;
    this.#options = options;
    this.#names = new Set(reader.names());
    this.#kept = new KeptDTypes(backend, options);
    this.#ahead = new ReadAhead({ memory: (bytes) => backend.stage?.(bytes) ?? null, signal: options.signal });
    this.#quantizer = new ParallelQuantizer(backend.capabilities.threads);
  }

  has(path: string): boolean {
    return this.#find(path) !== null;
  }

  at(prefix: string): WeightSource {
    return prefixed(this, prefix);
  }

  async get(path: string, shape: readonly number[]): Promise<Tensor> {
    this.#check();
    const name = this.#find(path);
    if (name === null) return this.#inTurn(this.#initialised(path, shape));
    return this.#inTurn(this.#dense(this.#infoOf(name, shape), this.#kept.dense(path)));
  }

  async getMatrix(path: string, shape: readonly [number, number]): Promise<Matrix> {
    const name = this.#find(path);
    this.#check();
    if (name === null) return this.#inTurn(this.#initialised(path, shape));
    const info = this.#infoOf(name, shape);
    const dtype = this.#kept.matrix(path, info);
    return this.#inTurn<Matrix>(isQuantFormat(dtype) ? this.#quantised(info, dtype, shape) : this.#dense(info, dtype));
  }

  report(): LoadReport {
    return {
      missing: [...this.#fresh],
      unused: [...this.#names].filter((name) => !this.#used.has(name)).sort(),
      ...this.#kept.report(),
      ...(this.#quantizer.refused !== null && { oneThread: this.#quantizer.refused }),
    };
  }

  /**
   * Disposes every tensor given so far; those that are still to come are not made any more. When this resolves nothing is
   * being read.
   */
  async abandon(): Promise<void> {
    this.#abandoned = true;
    for (const t of this.#given) t.dispose();
    this.#ahead.end(abandoned());
    await this.#last;
  }

  #check(): void {
    this.#options.signal?.throwIfAborted();
    if (this.#abandoned) throw abandoned();
  }

  /** Makes a tensor when those that were asked for before it are there. */
  async #inTurn<M extends Matrix>({ parts, make }: Request<M>): Promise<M> {
    const before = this.#last;
    let end = (): void => {};
    this.#last = new Promise((resolve) => (end = resolve));
    try {
      await before;
      this.#check();
      return this.#give(await make(parts));
    } finally {
      await parts.drop().finally(end);
    }
  }

  #give<M extends Matrix>(made: M): M {
    if (!this.#abandoned) {
      this.#given.push(made);
      return made;
    }
    made.dispose();
    throw abandoned();
  }

  #find(path: string): string | null {
    const name = this.#options.resolve ? this.#options.resolve(path) : path;
    return name !== null && this.#names.has(name) ? name : null;
  }

  #quantised(info: TensorInfo, format: QuantFormatName, shape: readonly [number, number]): Request<QuantMatrix> {
    const make = async (parts: AsyncIterable<Uint8Array>): Promise<QuantMatrix> => {
      const blocks = blockParts(info, format, parts, this.#quantizer, this.#options.signal);
      const matrix = await QuantMatrix.fromParts(this.#backend, format, shape, blocks);
      this.#took(info.name, shape[0] * quantRowBytes(format, shape[1]));
      return matrix;
    };
    return { parts: this.#parts(info), make };
  }

  #dense(info: TensorInfo, wanted: WeightDType): Request<Tensor> {
    const { name, shape } = info;
    const isMatrix = shape.length > 1;
    const dtype = elementDType(info, wanted);
    // A vector is small, and the reader says best why it cannot read a type.
    if (!isMatrix || dtype === null)
      return this.#small(info, (from) => elementDType({ ...info, dtype: from }, wanted) ?? "f32");
    const make = async (parts: AsyncIterable<Uint8Array>): Promise<Tensor> => {
      const elements = elementParts(info, dtype, parts);
      const matrix = await fromStoredParts(this.#backend, elements, shape, dtype, { weights: true });
      this.#took(name, sizeOf(shape) * dtypes[dtype].bytes);
      return matrix;
    };
    return { parts: this.#parts(info), make };
  }

  /** A tensor that is read whole. */
  #small({ name, dtype, shape, storedBytes }: TensorInfo, choose: (from: DType) => DType): Request<Tensor> {
    const bytes = Math.max(1, storedBytes);
    const make = async (parts: AsyncIterable<Uint8Array>): Promise<Tensor> => {
      for await (const whole of parts) {
        const [from, plain] = isQuantFormat(dtype)
          ? ["f32", new Uint8Array(dequantize(dtype, whole).buffer)]
          : [dtype, whole];
        const { dtype: kept, elements } = convertStored(name, from, plain, choose);
        this.#took(name, elements.byteLength);
        return fromStored(this.#backend, elements, shape, kept);
      }
      throw new WeightsError(name, "gave no bytes");
    };
    return { parts: this.#ahead.parts({ read: () => this.#reader.readBytes(name), bytes, unit: bytes }), make };
  }

  #parts(info: TensorInfo): ComingParts {
    return this.#ahead.parts(storedParts(info, slicesOf(this.#reader, info.name)));
  }

  /** Counts a tensor as used and reports the bytes it takes. */
  #took(name: string, bytes: number): void {
    this.#used.add(name);
    this.#options.onTensor?.({ path: name, bytes });
  }

  #infoOf(name: string, shape: readonly number[]): TensorInfo {
    const info = this.#reader.info(name);
    if (info.shape.length !== shape.length || info.shape.some((n, axis) => n !== shape[axis]))
      throw new WeightsError(
        name,
        `has shape ${formatShape(info.shape)}, but the model expects ${formatShape(shape)}; check that config.json belongs to these weights`,
        { given: info.shape, expected: shape },
      );
    return info;
  }

  /** A tensor that the checkpoint lacks and training would begin with. */
  #initialised(path: string, shape: readonly number[]): Request<Tensor> {
    const { fresh } = this.#options;
    if (!fresh?.accepts(path))
      throw new WeightsError(
        path,
        `is missing from the checkpoint (${this.#names.size} tensors); expected ${formatShape(shape)}`,
        { path, expected: shape },
      );
    this.#fresh.push(path);
    const rng = new Rng(fresh.seed + this.#fresh.length);
    const make = async (): Promise<Tensor> => {
      const values = new Float32Array(sizeOf(shape));
      if (shape.length > 1) for (let i = 0; i < values.length; i++) values[i] = rng.normal() * fresh.std;
      return tensor(this.#backend, values, { shape });
    };
    return { parts: this.#ahead.parts({ read: nothing, bytes: 0, unit: 1 }), make };
  }
}

const nothing = async (): Promise<Uint8Array> => new Uint8Array(0);

const abandoned = (): WeightsError => new WeightsError("load", "was abandoned; load the weights again", {});
