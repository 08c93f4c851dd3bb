import type { AlignedText } from "../aligned-text.ts";

/** Rewrites a text and keeps the alignment with the original. */
export type Normalizer = (source: AlignedText) => AlignedText;
