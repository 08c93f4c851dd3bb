import type { ClientEngine } from "../engine/engine-client.ts";
import { isPositiveInteger, refuse, refuseName } from "../generation/option-checks.ts";
import type { ScoringModel } from "../scoring/scoring-client.ts";
import { readText, textIds, type TextRequest } from "./read-text.ts";

/** The tokens whose states make the vector of a text: all, the last, or the first. */
export type Pooling = keyof typeof poolings;

export interface EmbedRequest extends TextRequest {
  readonly pooling: Pooling;
  /** Divides the vector by its length, so that a product of two is the cosine of their angle; default true. */
  readonly normalize?: boolean;
  /** The first so many numbers alone, for models that were trained for it (Kusupati et al., arXiv 2205.13147); default all. */
  readonly dimensions?: number;
}

/** What encoding a text needs of a model. */
export interface EncodingModel extends ScoringModel {
  readonly config: ScoringModel["config"] & { readonly hiddenSize: number; readonly padTokenId: number | null };
}

/** Which of T tokens each pooling looks at, as `[from, end]`. */
const poolings = {
  mean: (length: number): readonly [number, number] => [0, length],
  last: (length: number): readonly [number, number] => [length - 1, length],
  cls: (): readonly [number, number] => [0, 1],
} as const;

/**
 * A text as one vector `[C]`: its hidden states after the final norm, pooled. Texts that are read at the same time share
 * passes, with each other and with all that the engine computes.
 *
 * @throws GenerationError for a bad option or token, and for texts longer than the context; the signal's reason when aborted
 */
export async function embed(
  model: EncodingModel,
  engine: ClientEngine,
  { inputIds, pooling, normalize = true, dimensions, signal }: EmbedRequest,
): Promise<Float32Array> {
  const ids = textIds(model, inputIds);
  const { hiddenSize: C } = model.config;
  if (!Object.hasOwn(poolings, pooling)) refuseName("pooling", pooling, Object.keys(poolings).join(", "));
  if (dimensions !== undefined && !(isPositiveInteger(dimensions) && dimensions <= C))
    refuse("dimensions", dimensions, `an integer from 1 to the ${C} of the model`);
  const [from, end] = poolings[pooling](ids.length);
  const states = await readText(model, engine, ids, { from, end, kind: "states", signal });
  const pooled = meanOf(states).subarray(0, dimensions);
  return Float32Array.from(normalize ? unit(pooled) : pooled);
}

/** Mean of rows `[n, C]`, in f64. */
function meanOf(rows: readonly Float32Array[]): Float64Array {
  const sum = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) row.forEach((value, c) => (sum[c] = (sum[c] ?? 0) + value));
  return sum.map((value) => value / rows.length);
}

/** A vector of no length stays as it is. */
function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
