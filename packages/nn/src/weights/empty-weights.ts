import { QuantMatrix, Tensor, type Backend } from "@helium-lm/tensor";
import { isQuantFormat } from "@helium-lm/tensor/quant";
import type { CheckpointReader } from "../io/index.ts";
import { elementDType, KeptDTypes, type KeptDTypesOptions } from "../kept/kept-dtypes.ts";
import type { Matrix } from "../matrix.ts";
import { prefixed, type WeightSource } from "./weight-source.ts";

export interface EmptyWeightsOptions extends KeptDTypesOptions {
  /** Name in the checkpoint of a path asked for; default: the same. Null: not there. */
  readonly resolve?: (path: string) => string | null;
}

/** Tensors like those that `CheckpointWeights` gives, in shape and dtype, without contents: for a rehearsal. */
export class EmptyWeights implements WeightSource {
  readonly #backend: Backend;
  readonly #reader: CheckpointReader;
  readonly #resolve: (path: string) => string | null;
  readonly #kept: KeptDTypes;

  constructor(backend: Backend, reader: CheckpointReader, options: EmptyWeightsOptions = {}) {
    this.#backend = backend;
    this.#reader = reader;
    this.#resolve = options.resolve ?? ((path) => (reader.names().includes(path) ? path : null));
    this.#kept = new KeptDTypes(backend, options);
  }

  has(path: string): boolean {
    return this.#resolve(path) !== null;
  }

  at(prefix: string): WeightSource {
    return prefixed(this, prefix);
  }

  async get(path: string, shape: readonly number[]): Promise<Tensor> {
    const name = this.#resolve(path);
    const dtype = name === null ? "f32" : elementDType(this.#reader.info(name), this.#kept.dense(path));
    return Tensor.empty(this.#backend, shape, dtype ?? "f32", shape.length > 1);
  }

  async getMatrix(path: string, shape: readonly [number, number]): Promise<Matrix> {
    const name = this.#resolve(path);
    if (name === null) return this.get(path, shape);
    const info = this.#reader.info(name);
    const dtype = this.#kept.matrix(path, info);
    if (isQuantFormat(dtype)) return QuantMatrix.empty(this.#backend, dtype, shape);
    return Tensor.empty(this.#backend, shape, elementDType(info, dtype) ?? "f32", true);
  }
}
