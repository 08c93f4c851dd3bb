export interface Difference {
  /** Keys and indices from the top. */
  readonly path: string;
  readonly given: string;
  readonly read: string;
}

/** The first place where two JSON-like values differ; numbers may differ by what f32 rounds away. */
export function jsonDifference(given: unknown, read: unknown, path = ""): Difference | null {
  if (typeof given === "number" && typeof read === "number") {
    const isClose = Object.is(given, read) || Math.abs(given - read) <= 1e-6 * Math.abs(given);
    return isClose ? null : { path, given: String(given), read: String(read) };
  }
  // A key without a value is as good as none.
  if ((given ?? null) === null && (read ?? null) === null) return null;
  if (typeof given === "object" && typeof read === "object" && given !== null && read !== null) {
    const keys = new Set([...Object.keys(given), ...Object.keys(read)]);
    for (const key of keys) {
      const difference = jsonDifference(
        (given as Record<string, unknown>)[key],
        (read as Record<string, unknown>)[key],
        path === "" ? key : `${path}.${key}`,
      );
      if (difference !== null) return difference;
    }
    return null;
  }
  return given === read ? null : { path, given: jsonStart(given), read: jsonStart(read) };
}

function jsonStart(value: unknown): string {
  return (JSON.stringify(value) ?? "absent").slice(0, 80);
}
