import { GgufError, quoted } from "../../errors.ts";

/** Types of single metadata values, with their numbers in a file; 9 is an array of any of these. */
export const scalarIds = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

export type GgufScalarType = keyof typeof scalarIds;

export const arrayId = 9;

/** Bytes of one value; strings are a u64 length and that many bytes. */
export const scalarBytes: Readonly<Record<Exclude<GgufScalarType, "string">, number>> = {
  u8: 1,
  i8: 1,
  bool: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  u64: 8,
  i64: 8,
  f64: 8,
};

const nameById = new Map(Object.entries(scalarIds).map(([name, id]) => [id as number, name as GgufScalarType]));

export function scalarTypeOf(id: number): GgufScalarType | undefined {
  return nameById.get(id);
}

/** A single value: u64 and i64 as bigint, the other numbers as number. */
export interface GgufScalar {
  readonly type: GgufScalarType;
  readonly value: number | bigint | boolean | string;
}

/** Where a file holds an array; the items are read when they are asked for. */
export interface GgufArray {
  readonly type: "array";
  readonly itemType: GgufScalarType;
  readonly length: number;
  /** First byte of the first item, and one past the last item. */
  readonly begin: number;
  readonly end: number;
}

/** An array with its items, for writing. */
export interface GgufList {
  readonly type: "array";
  readonly itemType: GgufScalarType;
  readonly items: readonly GgufScalar["value"][];
}

/** The metadata of one file: values by key, with typed access. */
export class GgufMetadata {
  readonly #file: string;
  readonly #values: ReadonlyMap<string, GgufScalar | GgufArray>;

  constructor(file: string, values: ReadonlyMap<string, GgufScalar | GgufArray>) {
    this.#file = file;
    this.#values = values;
  }

  /** In file order. */
  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): GgufScalar | GgufArray | undefined {
    return this.#values.get(key);
  }

  /** The number under a key, else undefined. @throws GgufError when it is something else, or beyond 2⁵³ */
  number(key: string): number | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    if (found.type !== "array" && (typeof found.value === "number" || typeof found.value === "bigint")) {
      const number = Number(found.value);
      if (typeof found.value === "number" || Number.isSafeInteger(number)) return number;
    }
    return this.#refuse(key, found, "a number below 2^53");
  }

  /** @throws GgufError when there is something else under the key */
  text(key: string): string | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    return found.type === "string" ? (found.value as string) : this.#refuse(key, found, "a string");
  }

  /** @throws GgufError when there is something else under the key */
  flag(key: string): boolean | undefined {
    const found = this.#values.get(key);
    if (found === undefined) return undefined;
    return found.type === "bool" ? (found.value as boolean) : this.#refuse(key, found, "a bool");
  }

  /** @throws GgufError when there is something else under the key */
  array(key: string): GgufArray | undefined {
    const found = this.#values.get(key);
    if (found === undefined || found.type === "array") return found;
    return this.#refuse(key, found, "an array");
  }

  #refuse(key: string, found: GgufScalar | GgufArray, expected: string): never {
    const given =
      found.type === "array" ? `${found.length} × ${found.itemType}` : `${found.type} ${String(found.value)}`;
    throw new GgufError(this.#file, `metadata ${quoted(key)} is ${given.slice(0, 80)}; expected ${expected}`, {
      key,
      given,
      expected,
    });
  }
}
