/** A vocabulary as SentencePiece and GGUF files hold it: every piece has a score and a role. */
export interface ScoredPieces {
  /** The pieces by id. */
  readonly texts: readonly string[];
  /** The score of each piece: a log-probability, or minus its place in the order of merges. */
  readonly scores: ArrayLike<number>;
  /** The piece for what no other covers; null if there is none. */
  readonly unkId: number | null;
  /** Whether unknown characters become the pieces of their UTF-8 bytes. */
  readonly byteFallback: boolean;
  /** Pieces that stand for no text of their own: control, unknown and byte pieces. */
  readonly inert: ReadonlySet<number>;
  /** Pieces that are only steps to others. */
  readonly unused: ReadonlySet<number>;
  /** Pieces that a text which equals them is, whatever their score. */
  readonly whole: ReadonlySet<number>;
}

/** The pieces that text can become, with their rank by score: 0 is the highest, equal scores have one rank. */
export const rankPieces = ({ texts, scores, inert }: ScoredPieces): ReadonlyMap<string, number> => {
  const ids = texts.map((_, id) => id).filter((id) => !inert.has(id) && texts[id] !== "");
  const distinct = [...new Set(ids.map((id) => scores[id] ?? 0))].sort((a, b) => b - a);
  const ranks = new Map(distinct.map((score, rank) => [score, rank] as const));
  return new Map(ids.map((id) => [texts[id] ?? "", ranks.get(scores[id] ?? 0) ?? 0] as const));
};

const pieces = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

/** The piece that stands for a byte, e.g. `<0x0A>`. */
export const bytePiece = (byte: number): string => pieces[byte] ?? "";

/** The ids of the byte pieces `<0x00>` … `<0xFF>`; −1 where the vocabulary has none. */
export const bytePieceIds = (vocab: ReadonlyMap<string, number>): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => vocab.get(bytePiece(byte)) ?? -1);
