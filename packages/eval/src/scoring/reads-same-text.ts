/**
 * Whether two texts of the same tokens can be of one vocabulary: at least half of the words of four letters or more that one
 * has are in the other. Special tokens, spaces and how a text is cleaned up may differ. Null where there are too few words to
 * tell.
 */
export function readsSameText(own: string, other: string): boolean | null {
  const words = new Set(own.match(/\p{L}{4,}/gu));
  if (words.size < 3) return null;
  const found = [...words].filter((word) => other.includes(word)).length;
  return found * 2 >= words.size;
}
