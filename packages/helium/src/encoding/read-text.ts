import type { ClientEngine } from "../engine/engine-client.ts";
import type { LogitsWanted, StatesWanted } from "../engine/outputs/wanted.ts";
import { tokenList } from "../generation/option-checks.ts";
import { readPositions } from "../scoring/read-positions.ts";
import { checkLength, isReadWhole, openScoring, type ScoringModel } from "../scoring/scoring-client.ts";

/** A text that is read once, and of which nothing is kept. */
export interface TextRequest {
  /** `[T]`, T ≥ 1 */
  readonly inputIds: readonly number[];
  /** Looked at before each pass. */
  readonly signal?: AbortSignal;
}

/** @throws GenerationError for what is no list of tokens, or an empty one */
export function textIds(model: ScoringModel, inputIds: unknown): readonly number[] {
  const ids = tokenList(inputIds, "inputIds", model.config);
  checkLength(model, ids.length, { empty: ids.length === 0 ? "inputIds" : null });
  return ids;
}

/**
 * States or logits behind tokens `from` to `end` − 1 of a text, one array for each. What comes after them is read only where
 * they depend on it.
 *
 * @throws GenerationError where the engine could never hold the text; the signal's reason when aborted
 */
export async function readText(
  model: ScoringModel,
  engine: ClientEngine,
  ids: readonly number[],
  {
    from,
    end,
    kind,
    signal,
  }: {
    readonly from: number;
    readonly end: number;
    readonly kind: (StatesWanted | LogitsWanted)["kind"];
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly Float32Array[]> {
  const read = isReadWhole(model) ? ids : ids.slice(0, end);
  const client = openScoring(engine, { slots: read.length, longest: read.length, salt: null });
  try {
    client.cache.addRows(1);
    const [outputs = []] = await readPositions(model, client, [{ ids: read, from }], () => ({ kind }), signal);
    return outputs.slice(0, end - from);
  } finally {
    client.close();
  }
}
