import type { Agreement, SchemaOutcome } from "./grammar-engine.ts";

const shares = { p25: 0.25, p50: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, "p99.9": 0.999 } as const;

/** Of many times. */
export type Times = Readonly<Record<"average" | keyof typeof shares | "max", number>> & { readonly count: number };

/** What a contender did with a set of schemas. */
export interface Summary {
  readonly contender: string;
  /** The set: all schemas, or every n-th. */
  readonly schemas: string;
  readonly total: number;
  readonly compiled: number;
  /** Refused schemas by keyword. */
  readonly refused: Readonly<Record<string, number>>;
  /** Failures by message, and some of the names. */
  readonly failed: Readonly<Record<string, number>>;
  /** Milliseconds of schemas that were compiled. */
  readonly compile: Times;
  /** Microseconds for mask and step of a token of a valid instance. */
  readonly token: Times;
  readonly valid: Agreement;
  readonly invalid: Agreement;
  /** Some of the schemas whose instances were judged otherwise. */
  readonly validRefused: readonly string[];
  readonly invalidAccepted: readonly string[];
  /** The slowest schemas by their slowest token, in microseconds. */
  readonly slowest: readonly { readonly name: string; readonly token: number }[];
}

const MOST_NAMES = 40;

export function summarise(contender: string, schemas: string, outcomes: readonly SchemaOutcome[]): Summary {
  const compiled = outcomes.filter(({ refused, failed }) => refused === undefined && failed === undefined);
  const sum = (kind: "valid" | "invalid"): Agreement => ({
    instances: compiled.reduce((total, outcome) => total + outcome[kind].instances, 0),
    agreed: compiled.reduce((total, outcome) => total + outcome[kind].agreed, 0),
  });
  const differing = (kind: "valid" | "invalid"): string[] =>
    compiled
      .filter((outcome) => outcome[kind].agreed < outcome[kind].instances)
      .map(({ name }) => name)
      .slice(0, MOST_NAMES);
  const byKey = (keys: readonly (string | undefined)[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const key of keys) if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
    return Object.fromEntries(Object.entries(counts).sort((a, b) => b[1] - a[1]));
  };
  return {
    contender,
    schemas,
    total: outcomes.length,
    compiled: compiled.length,
    refused: byKey(outcomes.map(({ refused }) => refused)),
    failed: byKey(outcomes.map(({ failed }) => failed)),
    compile: timesOf(compiled.map(({ compile }) => compile)),
    token: timesOf(compiled.flatMap(({ tokens }) => tokens)),
    valid: sum("valid"),
    invalid: sum("invalid"),
    validRefused: differing("valid"),
    invalidAccepted: differing("invalid"),
    slowest: compiled
      .map(({ name, tokens }) => ({ name, token: tokens.reduce((most, time) => Math.max(most, time), 0) }))
      .sort((a, b) => b.token - a.token)
      .slice(0, 20),
  };
}

function timesOf(values: readonly number[]): Times {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    rounded(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  const average = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length);
  return {
    count: sorted.length,
    average: rounded(average),
    ...(Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, at(share)])) as Record<
      keyof typeof shares,
      number
    >),
    max: rounded(sorted.at(-1) ?? 0),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));
