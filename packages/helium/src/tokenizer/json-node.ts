import { jsonExcess, type JsonAllowance } from "@helium-lm/nn";
import { TokenizerFileError } from "../errors.ts";

/** No component of a real tokenizer.json lies deeper; a hostile file must not exhaust the stack. */
const maxDepth = 32;

/** Each component of a tokenizer.json costs a pass over the text; real ones have some twenty. */
const maxComponents = 256;

const defaultMend = "export the tokenizer again or download the file again";

/** A text from a file, quoted and cut to a readable length. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** `value` in an error message: short, and with its type visible. */
export const describe = (value: unknown): string => {
  if (value === undefined) return "is missing";
  if (typeof value === "object" && value !== null) return `is ${Array.isArray(value) ? "a list" : "an object"}`;
  return `is ${typeof value === "string" ? quoted(value) : JSON.stringify(value)}`;
};

/** True for a string without lone surrogates, i.e. one that has a UTF-8 form. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/**
 * A place in a parsed JSON file that is read with checks. Only own properties count, so a file cannot reach the
 * prototype; every failed check names the file and the path of the field.
 */
export class JsonNode {
  readonly value: unknown;
  readonly file: string;
  readonly #parent: JsonNode | null;
  readonly #key: string | number;
  readonly #depth: number;
  /** At the root: the components read so far. */
  #components = 0;

  constructor(value: unknown, file: string, parent: JsonNode | null = null, key: string | number = "") {
    this.value = value;
    this.file = file;
    this.#parent = parent;
    this.#key = key;
    this.#depth = parent === null ? 0 : parent.#depth + 1;
    if (this.#depth > maxDepth) throw this.error(`is nested deeper than ${maxDepth} levels`);
  }

  /** The text of a file as the root node. Throws a `TokenizerFileError` if it is not JSON, or far more than its size lets expect. */
  static parse(text: string, file: string, allowance?: JsonAllowance): JsonNode {
    const problem = jsonExcess(text, allowance);
    if (problem !== null) throw new TokenizerFileError(file, { field: "the text", problem, mend: defaultMend });
    try {
      return new JsonNode(JSON.parse(text), file);
    } catch (cause) {
      const problem = `is not valid JSON (${cause instanceof Error ? cause.message : String(cause)})`;
      throw new TokenizerFileError(file, { field: "the text", problem, mend: defaultMend }, { cause });
    }
  }

  /** The path as one writes it in JavaScript, e.g. `model.vocab[3][1]`. */
  get path(): string {
    const parent = this.#parent;
    if (parent === null) return "the root";
    const key = this.#key;
    if (typeof key === "number") return `${parent.path}[${key}]`;
    const name = key.length > 60 ? `${key.slice(0, 60)}…` : key;
    return parent.#parent === null ? name : `${parent.path}.${name}`;
  }

  /** An error at this place; `problem` continues the path, e.g. `is 3, expected a string`. */
  error(problem: string, mend: string = defaultMend): TokenizerFileError {
    return new TokenizerFileError(this.file, { field: this.path, problem, mend, details: { given: this.value } });
  }

  #expected(what: string): TokenizerFileError {
    return this.error(`${describe(this.value)}, expected ${what}`);
  }

  /** Counts a component of the file. @throws TokenizerFileError for more than a real tokenizer has */
  countComponent(): void {
    if (this.#parent !== null) this.#parent.countComponent();
    else if (++this.#components > maxComponents) throw this.error(`holds more than ${maxComponents} components`);
  }

  get isMissing(): boolean {
    return this.value === undefined || this.value === null;
  }

  get isList(): boolean {
    return Array.isArray(this.value);
  }

  /** The own property `key`; missing where there is none. Throws unless this is an object. */
  get(key: string): JsonNode {
    const record = this.record();
    return new JsonNode(Object.hasOwn(record, key) ? record[key] : undefined, this.file, this, key);
  }

  /** The value as an object with own properties. */
  record(): Readonly<Record<string, unknown>> {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.#expected("an object");
    return value as Readonly<Record<string, unknown>>;
  }

  /** The value as a list. */
  list(): readonly unknown[] {
    if (!Array.isArray(this.value)) throw this.#expected("a list");
    return this.value;
  }

  /** The node of element `index`. */
  at(index: number): JsonNode {
    return new JsonNode(this.list()[index], this.file, this, index);
  }

  /** The nodes of a list, or none where the value is missing. */
  items(): JsonNode[] {
    return this.isMissing ? [] : this.list().map((_, index) => this.at(index));
  }

  /** The value as a string that has a UTF-8 form. */
  string(): string {
    if (typeof this.value !== "string") throw this.#expected("a string");
    if (!isWellFormed(this.value)) throw this.error("holds a lone surrogate, expected valid Unicode");
    return this.value;
  }

  /** The value as a string of one code point. */
  character(): string {
    const text = this.string();
    if ([...text].length !== 1) throw this.#expected("a single character");
    return text;
  }

  /** The value as one of `choices`. */
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const found = choices.find((choice) => choice === this.value);
    if (found === undefined) throw this.#expected(`one of ${choices.join(", ")}`);
    return found;
  }

  /** The value as a boolean, or `fallback` where it is missing. */
  boolean(fallback?: boolean): boolean {
    if (fallback !== undefined && this.isMissing) return fallback;
    if (typeof this.value !== "boolean") throw this.#expected("true or false");
    return this.value;
  }

  /** The value as an integer in `[0, limit)`. */
  index(limit: number): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= limit) {
      throw this.#expected(`an integer from 0 to ${limit - 1}`);
    }
    return value;
  }
}

/** A table from the `type` of a component to the function that reads it. */
export type ComponentTable<Component> = Readonly<Record<string, (node: JsonNode) => Component>>;

/** Reads `node` by the entry of `table` for its `type`; an unknown type is an error that lists the known ones. */
export const readComponent = <Component>(node: JsonNode, table: ComponentTable<Component>): Component => {
  node.countComponent();
  const type = node.get("type");
  const name = type.string();
  const read = Object.hasOwn(table, name) ? table[name] : undefined;
  if (read === undefined) {
    const known = Object.keys(table).join(", ");
    throw type.error(
      `is "${name.slice(0, 60)}", supported are ${known}`,
      "convert the tokenizer to one of these components",
    );
  }
  return read(node);
};
