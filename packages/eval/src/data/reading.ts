import { DataError } from "../errors.ts";

/** A row of a benchmark's data, as JSON would have it. */
export type Row = Readonly<Record<string, unknown>>;

/** A row with the place that it comes from, whose values are asked for by column and kind. */
export class Reading {
  readonly row: Row;
  /** Such as "test.jsonl, row 12". */
  readonly place: string;

  constructor(row: Row, place: string) {
    this.row = row;
    this.place = place;
  }

  /** @throws DataError */
  string(column: string): string {
    const value = this.#value(column);
    return typeof value === "string" ? value : this.#refuse(column, "a string", value);
  }

  /** A number, or its digits. @throws DataError */
  integer(column: string): number {
    const value = this.#value(column);
    const number = typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
    const plain = typeof number === "bigint" ? Number(number) : number;
    return Number.isSafeInteger(plain) ? (plain as number) : this.#refuse(column, "a whole number", value);
  }

  /** @throws DataError */
  strings(column: string): readonly string[] {
    const value = this.#value(column);
    const isList = Array.isArray(value) && value.every((item) => typeof item === "string");
    return isList ? value : this.#refuse(column, "a list of strings", value);
  }

  /** The values of a struct. @throws DataError */
  struct(column: string): Reading {
    const value = this.#value(column);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return this.#refuse(column, "an object", value);
    return new Reading(value as Row, `${this.place}, column ${column}`);
  }

  /** The structs of a list. @throws DataError */
  structs(column: string): readonly Reading[] {
    const value = this.#value(column);
    const isObject = (item: unknown): boolean => typeof item === "object" && item !== null && !Array.isArray(item);
    if (!Array.isArray(value) || !value.every(isObject)) return this.#refuse(column, "a list of objects", value);
    return value.map((item: Row, i) => new Reading(item, `${this.place}, column ${column}, item ${i + 1}`));
  }

  has(column: string): boolean {
    return this.row[column] !== undefined && this.row[column] !== null;
  }

  #value(column: string): unknown {
    const value = this.row[column];
    if (value !== undefined) return value;
    const columns = Object.keys(this.row);
    throw new DataError(
      this.place,
      `has no column "${column}", only ${columns.map((name) => `"${name}"`).join(", ")}; check that this is the data of the benchmark, in the layout of its page on the hub`,
      { expected: column, given: columns },
    );
  }

  #refuse(column: string, expected: string, given: unknown): never {
    const shown = JSON.stringify(given, (_, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
    throw new DataError(
      this.place,
      `column "${column}" must be ${expected}, given ${shown.length > 60 ? `${shown.slice(0, 59)}…` : shown}; correct the row, or leave it out`,
      { column, expected, given },
    );
  }
}
