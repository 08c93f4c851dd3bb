/** Bytes of a schema or grammar that is large. */
export const LARGE = 10_000_000;

/** Schemas in schemas, and references behind references. */
export const DEEP = 10_000;

/** A part of a size that a scale of 1 leaves as it is; never less than one. */
export type Count = (whole: number) => number;

export type Makers<Value> = Readonly<Record<string, (count: Count) => Value>>;

export const list = <Value>(count: number, of: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, i) => of(i));

/** An object with `count` entries. */
export const map = <Value>(
  count: number,
  of: (index: number) => readonly [name: string, value: Value],
): Record<string, Value> => Object.fromEntries(list(count, of));

/** A name of `length` characters that no other index has. */
export const nameOf = (index: number, length: number): string =>
  `${index}_`.padEnd(length, "abcdefghijklmnopqrstuvwxyz");

/** A schema of objects that differ in what a property is. */
export const objectOf = (index: number, length: number): Readonly<Record<string, unknown>> => ({
  type: "object",
  properties: { kind: { const: nameOf(index, length) }, value: { type: "string" } },
  required: ["kind", "value"],
});
