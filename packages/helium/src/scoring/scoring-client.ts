import type { ClientEngine, ClientOptions, EngineClient } from "../engine/engine-client.ts";
import { checkFits } from "../engine/engine-storage.ts";
import { GenerationError } from "../errors.ts";

/** What scoring and encoding need of a model. */
export interface ScoringModel {
  readonly config: { readonly vocabSize: number; readonly maxPositionEmbeddings: number };
  readonly ownEngine: ClientEngine;
  readonly anglesDependOnLength: boolean;
  readonly isBidirectional: boolean;
}

/** What a token's key is depends on those behind it, or on how many they are: a text is read in one piece. */
export const isReadWhole = ({ anglesDependOnLength, isBidirectional }: ScoringModel): boolean =>
  anglesDependOnLength || isBidirectional;

/** A client with rows for texts of up to `longest` tokens. It must be closed. @throws GenerationError where no room will do */
export function openScoring(
  engine: ClientEngine,
  { slots, longest, salt }: Pick<ClientOptions, "salt"> & { readonly slots: number; readonly longest: number },
): EngineClient {
  const client = engine.open({ slots, longest, salt });
  try {
    // The last token that is read needs a slot too, unlike one that is generated.
    if (client.pool) checkFits(client.pool, longest + 1, 1);
    return client;
  } catch (error) {
    client.close();
    throw error;
  }
}

/** @param empty what has no tokens; null: nothing @throws GenerationError */
export function checkLength(
  { config: { maxPositionEmbeddings }, anglesDependOnLength }: ScoringModel,
  length: number,
  { empty }: { readonly empty: string | null },
): void {
  if (empty !== null) throw new GenerationError(empty, "has no tokens; give at least one", { given: 0 });
  // Angles that follow the length go beyond the positions that the model was trained with.
  if (length > maxPositionEmbeddings && !anglesDependOnLength)
    throw new GenerationError(
      "inputIds",
      `the text has ${length} tokens, the model has positions for ${maxPositionEmbeddings}; shorten it`,
      { given: length, expected: maxPositionEmbeddings },
    );
}
