/** What may stand where rows of numbers do: a list, or a typed array as a list; null for anything else. */
export function listOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return null;
  return Array.from(value as unknown as ArrayLike<unknown>);
}

/** A row where rows are expected: `[1, 2]` for `[[1, 2]]`. */
export const isFlat = (list: readonly unknown[]): boolean =>
  list.length > 0 && list.every((item) => typeof item === "number");
