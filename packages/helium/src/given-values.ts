/** At most 80 characters of any value, so that a message stays one line. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 78 ? `${value.slice(0, 75)}…` : value);
  if (Array.isArray(value)) return value.length > 8 ? `a list of ${value.length}` : `[${value.map(brief).join(", ")}]`;
  return brief(value);
}

function brief(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (typeof value === "string") return JSON.stringify(value.slice(0, 24));
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** What may stand where rows of numbers do: a list, or a typed array as a list; null for anything else. */
export function listOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return null;
  return Array.from(value as unknown as ArrayLike<unknown>);
}

/** A row where rows are expected: `[1, 2]` for `[[1, 2]]`. */
export const isFlat = (list: readonly unknown[]): boolean =>
  list.length > 0 && list.every((item) => typeof item === "number");
