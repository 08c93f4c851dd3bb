import { RopeError } from "../errors.ts";

/** `value`, if it is a finite number above 0. */
export function positive(key: string, value: number | null | undefined): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new RopeError(`rope ${key}`, `must be a finite number above 0, given ${String(value)}; correct the config`, {
    given: value,
  });
}

/** `value` if given, else `fallback`; a given value must be a finite number above 0. */
export function positiveOr(key: string, value: number | null | undefined, fallback: number): number {
  return value === undefined || value === null ? fallback : positive(key, value);
}
