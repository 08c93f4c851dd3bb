import type { Tensor } from "@helium-lm/tensor";
import { dequantizeMatrix, formatShape, QuantMatrix, scope } from "@helium-lm/tensor";
import { WeightsError } from "../errors.ts";
import { shareMatrix, type Matrix } from "../matrix.ts";

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
 * Weights held in memory by path, e.g. from a test or another framework. The tensors that it gives are new views, which belong
 * to the layer that asked; those in the map stay the caller's.
 *
 * @example
 * const source = new MemoryWeights(new Map([["mlp.up_proj.weight", zeros(backend, [8, 4])]]));
 * const shape = { inFeatures: 4, outFeatures: 8, bias: false };
 * const layer = await Linear.load(source.at("mlp.up_proj"), shape);
 * console.log(layer.forward(zeros(backend, [2, 4])).shape); // [ 2, 8 ]
 */
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

/** `source` with `prefix.` before every path. */
export function prefixed(source: WeightSource, prefix: string): WeightSource {
  return {
    get: (path, shape) => source.get(`${prefix}.${path}`, shape),
    getMatrix: (path, shape) => source.getMatrix(`${prefix}.${path}`, shape),
    has: (path) => source.has(`${prefix}.${path}`),
    at: (inner) => prefixed(source, `${prefix}.${inner}`),
  };
}
