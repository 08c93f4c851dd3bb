import type { Row } from "../data/reading.ts";

/** Equal for rows with equal values, whatever the order of their columns. */
export function rowKey(row: Row): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === "bigint") return Number(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
