/** At most 80 characters of any value, so that a message stays one line. */
export function shown(value: unknown): string {
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
