import { ConfigError } from "../errors.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A `__proto__` key is an own property like any other: objects are only ever made by `Object.fromEntries`. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

const maxDepth = 64;
const maxValues = 1_000_000;

/** What a config may be, as the rest of "must be". */
export const jsonLimits = `at most ${maxDepth} levels deep with at most ${maxValues} values`;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const specialFloats: ReadonlyMap<unknown, number> = new Map([Infinity, -Infinity, NaN].map((x) => [String(x), x]));

/** The number that `{"__float__": "NaN"}` and its like stand for, else undefined. */
function specialFloat(entries: readonly (readonly [string, unknown])[]): number | undefined {
  const [first] = entries;
  if (entries.length !== 1 || first?.[0] !== "__float__") return undefined;
  return specialFloats.get(first[1]);
}

/**
 * A deeply frozen copy of `value`, with `{"__float__": "Infinity" | "-Infinity" | "NaN"}` turned into numbers and
 * undefined properties left out.
 *
 * @throws ConfigError for anything JSON has no form for, deeper than 64 levels (a cycle is) or over a million values
 */
export function jsonSnapshot(value: unknown, file: string): JsonValue {
  let count = 0;
  const copy = (item: unknown, depth: number): JsonValue => {
    count += 1;
    if (depth > maxDepth || count > maxValues) {
      throw new ConfigError({
        file,
        given: depth > maxDepth ? `${depth} levels` : `${count} values`,
        expected: jsonLimits,
        mend: "check that this is the config of a model",
      });
    }
    if (item === null || typeof item === "boolean" || typeof item === "string" || typeof item === "number") return item;
    if (Array.isArray(item)) return Object.freeze(item.map((element) => copy(element, depth + 1)));
    if (typeof item !== "object") {
      throw new ConfigError({ file, given: item, expected: "JSON data", mend: "leave this value out" });
    }
    const entries = Object.entries(item).filter(([, element]) => element !== undefined);
    return (
      specialFloat(entries) ??
      Object.freeze(Object.fromEntries(entries.map(([key, element]) => [key, copy(element, depth + 1)])))
    );
  };
  return copy(value, 0);
}
