/** What followed an earlier occurrence of a text's end. */
export interface Match {
  readonly tokens: readonly number[];
  /** Tokens of the end that occurred before. */
  readonly size: number;
}

/**
 * Prompt lookup (Saxena 2023): the tokens that followed the first earlier occurrence of the longest possible tail.
 *
 * @param longest tail that is looked for
 * @param most tokens that are returned
 */
export function lookUp(ids: readonly number[], longest: number, most: number): Match | null {
  if (most <= 0) return null;
  for (let size = Math.min(longest, ids.length - 1); size > 0; size--) {
    const tail = ids.length - size;
    for (let start = 0; start < tail; start++) {
      let same = 0;
      while (same < size && ids[start + same] === ids[tail + same]) same++;
      if (same === size) return { tokens: ids.slice(start + size, start + size + most), size };
    }
  }
  return null;
}
