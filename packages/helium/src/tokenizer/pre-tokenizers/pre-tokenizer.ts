import type { AlignedText } from "../aligned-text.ts";

/** Cuts pieces into smaller pieces; the model never merges across a cut. Pieces are never empty. */
export type PreTokenizer = (pieces: readonly AlignedText[]) => AlignedText[];
