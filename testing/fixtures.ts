import { readdirSync, readFileSync } from "node:fs";
import { root } from "./repository.ts";

/** Nested numbers as the fixtures hold them; null = not comparable. */
export type Golden = number | null | readonly Golden[];

/** Path of a file or folder of `fixtures/`. */
export const fixturePath = (name: string): string => `${root}fixtures/${name}`;

export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(fixturePath(name), "utf8")) as T;
}

export const listFixtures = (folder: string): string[] => readdirSync(fixturePath(folder)).sort();

/** Tolerance classes of the fixtures' README: float32 sums in another order. */
export const tolerances = {
  /** Logits and hidden states: |a − b| ≤ 5e−5 + 1e−5·|b|. */
  states: { absolute: 5e-5, relative: 1e-5 },
  attentions: { absolute: 1e-5, relative: 0 },
  losses: { absolute: 1e-5, relative: 0 },
} as const;

export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Largest |a − b| over all comparable numbers, and the first place where it exceeds the tolerance. */
export function compareGolden(
  given: unknown,
  golden: Golden,
  { absolute, relative }: Tolerance,
): { readonly maxAbs: number; readonly firstBad: string | null } {
  let maxAbs = 0;
  let firstBad: string | null = null;
  const walk = (a: unknown, b: Golden, path: string): void => {
    if (b === null) return;
    if (typeof b === "number") {
      const difference = typeof a === "number" ? Math.abs(a - b) : NaN;
      if (!(difference <= maxAbs)) maxAbs = difference;
      if (!(difference <= absolute + relative * Math.abs(b))) firstBad ??= `${path}: ${String(a)} ≠ ${b}`;
      return;
    }
    if (!Array.isArray(a) || a.length !== b.length) {
      firstBad ??= `${path}: length ${Array.isArray(a) ? a.length : "none"} ≠ ${b.length}`;
      return;
    }
    b.forEach((item, i) => walk(a[i], item, `${path}[${i}]`));
  };
  walk(given, golden, "");
  return { maxAbs, firstBad };
}
