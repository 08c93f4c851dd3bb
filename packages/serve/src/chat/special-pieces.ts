import type { Tokenizer } from "@helium-lm/helium";

/** Pieces that are special tokens of a model, with their ids. */
export function specialPieces(tokenizer: Tokenizer, pieces: readonly string[]): ReadonlyMap<string, number> {
  const ids = new Set(tokenizer.allSpecialIds);
  return new Map(
    pieces.flatMap((piece): [string, number][] => {
      const id = piece === "" ? null : tokenizer.convertTokensToIds(piece);
      return id !== null && ids.has(id) && id !== tokenizer.unkTokenId ? [[piece, id]] : [];
    }),
  );
}
