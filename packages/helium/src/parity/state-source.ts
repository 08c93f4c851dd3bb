import { formatShape, QuantMatrix, type Tensor } from "@helium-lm/tensor";
import { shareMatrix, WeightsError, type Matrix, type WeightSource } from "@helium-lm/nn";

/** The weights of a loaded model as a source: every tensor given is another view of the model's own. */
export function stateSource(state: ReadonlyMap<string, Matrix>, prefix = ""): WeightSource {
  const find = (path: string, shape: readonly number[]): Matrix => {
    const found = state.get(prefix + path);
    if (found && formatShape(found.shape) === formatShape(shape)) return shareMatrix(found);
    throw new WeightsError(
      prefix + path,
      `expected ${formatShape(shape)}, the model has ${found ? formatShape(found.shape) : "none"}`,
      { path: prefix + path, expected: shape },
    );
  };
  return {
    has: (path) => state.has(prefix + path),
    at: (inner) => stateSource(state, `${prefix}${inner}.`),
    getMatrix: (path, shape) => Promise.resolve(find(path, shape)),
    get: (path, shape): Promise<Tensor> => {
      const found = find(path, shape);
      if (!(found instanceof QuantMatrix)) return Promise.resolve(found);
      found.dispose();
      return Promise.reject(new WeightsError(prefix + path, "is a quantised matrix, asked for as a tensor"));
    },
  };
}
