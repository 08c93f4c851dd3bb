import { QuantMatrix, scope, tensor, type Backend, type Tensor } from "@helium-lm/tensor";
import { multiply, type Embedding, type Matrix } from "@helium-lm/nn";
import type { DecoderConfig } from "../config/index.ts";
import type { ModelIdentity } from "../engine/engine-model.ts";
import { createSha } from "../hub/browser/sha.ts";

interface Identified {
  readonly config: DecoderConfig;
  readonly trunk: { readonly embedding: Embedding; readonly computeDType: string };
  readonly backend: Backend;
  stateDict(): IterableIterator<[string, Matrix]>;
}

/** Rows of the embedding that are looked up at once. */
const ROWS = 2048;

/**
 * What keys and values depend on. Weights are known by what they make of a fixed vector, `W·x`, by the kernels of the backend:
 * a pass over one token reads as much, and no format of weights needs to be read back.
 */
export async function identifyModel(model: Identified): Promise<ModelIdentity> {
  const { config, trunk, backend } = model;
  const { modelType, vocabSize, maxPositionEmbeddings } = config;
  const ofConfig = createSha("sha256");
  ofConfig.update(new TextEncoder().encode(`${config.toJSONString()} ${trunk.computeDType}`));
  const ofWeights = createSha("sha256");
  const embedding = `${config.traits.weights.embedding}.weight`;
  for (const [path, matrix] of model.stateDict()) {
    const shape = shapeOf(matrix);
    const stored = matrix instanceof QuantMatrix ? matrix.format : matrix.dtype;
    ofWeights.update(new TextEncoder().encode(`${path} ${shape.join()} ${stored} `));
    const isEmbedding = path === embedding || path.endsWith(`.${embedding}`);
    for await (const values of isEmbedding ? ofRows(trunk.embedding, shape, backend) : ofMatrix(matrix, backend))
      ofWeights.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const weights = ofWeights.finish();
  return { modelType, vocabSize, maxPositionEmbeddings, config: ofConfig.finish(), weights };
}

const shapeOf = (matrix: Matrix): readonly number[] =>
  matrix instanceof QuantMatrix ? [matrix.rows, matrix.columns] : matrix.shape;

/** `W·x` of a layer; a vector as it is. */
async function* ofMatrix(matrix: Matrix, backend: Backend): AsyncGenerator<ArrayBufferView> {
  const [, columns] = shapeOf(matrix);
  if (columns === undefined) return void (yield await (matrix as Tensor).data());
  yield await read(() => multiply(fixedVector(backend, columns), matrix, undefined));
}

/** `W·x` of the embedding, by its rows as passes look them up. */
async function* ofRows(
  table: Embedding,
  [rows = 0, columns = 0]: readonly number[],
  backend: Backend,
): AsyncGenerator<ArrayBufferView> {
  for (let start = 0; start < rows; start += ROWS) {
    const ids = Array.from({ length: Math.min(ROWS, rows - start) }, (_, i) => start + i);
    yield await read(() => {
      const looked = table.forward(tensor(backend, ids, { dtype: "i32" }), "f32"); // [n, C]
      return multiply(looked, fixedVector(backend, columns), undefined); // [n, 1]
    });
  }
}

async function read(make: () => Tensor): Promise<ArrayBufferView> {
  using made = scope((s) => s.keep(make()));
  return await made.data();
}

/** `[1, n]`, numbers between −0.5 and 0.5 that are the same on every machine. */
const fixedVector = (backend: Backend, n: number): Tensor =>
  tensor(
    backend,
    Array.from({ length: n }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 8) / 2 ** 24 - 0.5),
    { shape: [1, n] },
  );
