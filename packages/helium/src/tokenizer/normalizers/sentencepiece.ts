import { characterEnd, AlignedTextBuilder } from "../aligned-text.ts";
import type { Trie } from "../models/trie.ts";
import type { CharactersMap } from "./characters-map.ts";
import type { Normalizer } from "../stages.ts";

/** What a SentencePiece model does to a text before it is cut. */
export interface SentencePieceNormalization {
  /** Characters that become others; null for none. */
  readonly charactersMap: CharactersMap | null;
  /** Put a space in front. */
  readonly addDummyPrefix: boolean;
  /** Drop spaces at both ends, and all but one within. */
  readonly removeExtraWhitespaces: boolean;
  /** Pieces that stay as they are; null for none. */
  readonly kept: Trie | null;
}

/** How SentencePiece writes a space, U+2581. */
export const spacePiece = "▁";

/** The normalization of a SentencePiece model; spaces become `▁`. */
export const sentencePieceNormalizer = (options: SentencePieceNormalization): Normalizer => {
  const { charactersMap, addDummyPrefix, removeExtraWhitespaces, kept } = options;
  return (source) => {
    const { text } = source;
    const builder = new AlignedTextBuilder(source);
    let isEmpty = true;
    // Spaces that wait for something to stand before.
    let waiting = 0;
    let waitingAt = 0;
    const put = (part: string, index: number): void => {
      for (const character of part) {
        if (character === " " && removeExtraWhitespaces) {
          if (!isEmpty && waiting === 0) [waiting, waitingAt] = [1, index];
          continue;
        }
        if (isEmpty && addDummyPrefix) builder.put(spacePiece, index);
        if (waiting > 0) builder.put(spacePiece, waitingAt);
        builder.put(character === " " ? spacePiece : character, index);
        isEmpty = false;
        waiting = 0;
      }
    };
    for (let at = 0; at < text.length;) {
      const match = kept?.longestMatch(text, at) ?? null;
      const replacement = match === null ? (charactersMap?.longestMatch(text, at) ?? null) : null;
      const end = match?.end ?? replacement?.end ?? characterEnd(text, at);
      put(replacement?.text ?? text.slice(at, end), at);
      at = end;
    }
    const normalized = builder.finish();
    if (!removeExtraWhitespaces) return normalized;
    let end = normalized.text.length;
    while (normalized.text.charAt(end - 1) === spacePiece) end--;
    return end === normalized.text.length ? normalized : normalized.crop(0, end);
  };
};
