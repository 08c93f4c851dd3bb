/** A JSON Schema, or any other value of JSON. */
export type Drawn = null | boolean | number | string | readonly Drawn[] | { readonly [key: string]: Drawn };

/** A schema and a value that satisfies it, by its structure. */
export interface SchemaWithValue {
  readonly schema: Drawn;
  readonly value: Drawn;
}

const keys = ["a", "b", "c", "1", 'q"', "é"] as const;
const texts = ["", "a", "ab", "abc", "b1", "é\n", "😀", '"\\/'] as const;
const numbers = [-2, -1, 0, 0.5, 1, 1.5, 2, 3, 10, 1e-7] as const;
const patterns = ["^a", "b$", "^[a-c]*$", "1", "^.{0,2}$"] as const;
const typeNames = ["null", "boolean", "integer", "number", "string", "array", "object"] as const;

/** Draws schemas and values over few keys and scalars, so that they meet; the same ones for the same seed. */
export class SchemaDraw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** Any value. */
  value(depth = 2): Drawn {
    const kind = this.#below(depth > 0 ? 10 : 6);
    if (kind < 2) return this.#pick(texts);
    if (kind < 4) return this.#pick(numbers);
    if (kind < 6) return this.#pick([null, true, false]);
    if (kind < 7) return this.#times(3, () => this.value(depth - 1));
    return this.#members(3, () => this.value(depth - 1));
  }

  /**
   * Any keywords together, most of which say nothing of most values. Not those of which ajv has another opinion than the
   * JSON-Schema-Test-Suite: `maxContains` of an empty list, `unevaluated…` beside alternatives that are always valid.
   */
  schema(depth = 3): Drawn {
    if (this.#below(20) === 0) return this.#below(2) === 0;
    const all: Record<string, Drawn> = {};
    for (let left = 1 + this.#below(3); left > 0; left--) Object.assign(all, this.#keyword(depth));
    return all;
  }

  /** A schema as people write them, with a value of it. */
  pair(depth = 3): SchemaWithValue {
    const kind = depth > 0 ? this.#below(7) : 0;
    if (kind === 0) return this.#leaf();
    if (kind <= 3) return this.#object(depth);
    if (kind === 4) {
      const { schema, value } = this.pair(depth - 1);
      return { schema: { type: "array", items: schema, maxItems: 3 }, value: this.#times(3, () => value) };
    }
    if (kind === 5) {
      const [other, { schema, value }] = [this.pair(depth - 1), this.pair(depth - 1)];
      return { schema: { anyOf: [other.schema, { allOf: [schema] }] }, value };
    }
    const [first, second] = [this.#object(depth), this.#object(depth)];
    return {
      schema: { oneOf: [withKind(first.schema, "first"), withKind(second.schema, "second")] },
      value: { kind: "second", ...(second.value as Record<string, Drawn>) },
    };
  }

  #object(depth: number): SchemaWithValue {
    const members = this.#members(4, () => ({
      ...this.pair(depth - 1),
      place: this.#pick(["required", "there", "absent"]),
    }));
    const entries = Object.entries(members) as [string, SchemaWithValue & { readonly place: string }][];
    const isOpen = this.#below(2) === 0;
    const written = entries
      .filter(([, { place }]) => place !== "absent")
      .map(([key, { value }]) => [key, value] as const);
    return {
      schema: {
        type: "object",
        properties: Object.fromEntries(entries.map(([key, { schema }]) => [key, schema])),
        required: entries.filter(([, { place }]) => place === "required").map(([key]) => key),
        ...(isOpen ? {} : { additionalProperties: false }),
      },
      value: Object.fromEntries(isOpen ? [...written, ["other", [1]] as const] : written),
    };
  }

  #leaf(): SchemaWithValue {
    switch (this.#below(6)) {
      case 0:
        return { schema: { type: "string", maxLength: 4 }, value: this.#pick(texts) };
      case 1:
        return { schema: { type: "number", minimum: -2 }, value: this.#pick(numbers) };
      case 2:
        return { schema: { type: "integer", minimum: -20, maximum: 300 }, value: this.#below(300) - 20 };
      case 3:
        return { schema: { type: ["boolean", "null"] }, value: this.#pick([null, true]) };
      case 4:
        return { schema: { type: "string", pattern: "^[a-c]+$" }, value: this.#pick(["a", "abca"]) };
      default: {
        const values = [this.#pick(texts), this.#pick(numbers), null];
        return { schema: { enum: values }, value: this.#pick(values) };
      }
    }
  }

  #keyword(depth: number): Record<string, Drawn> {
    const inner = (): Drawn => this.schema(depth - 1);
    const list = (): Drawn => [inner(), ...this.#times(2, inner)];
    const map = (): Drawn => this.#members(3, inner);
    const names = (): Drawn => [...new Set(this.#times(2, () => this.#pick(keys)))];
    const leaves: readonly (() => Record<string, Drawn>)[] = [
      () => ({ type: this.#pick(typeNames) }),
      () => ({ type: [...new Set(["object", this.#pick(typeNames)])] }),
      () => ({ enum: [this.value(), this.value(1), this.value(0)] }),
      () => ({ const: this.value() }),
      () => ({ minLength: this.#below(4) }),
      () => ({ maxLength: this.#below(4) }),
      () => ({ pattern: this.#pick(patterns) }),
      () => ({ minimum: this.#pick([-1, 0, 1.5]) }),
      () => ({ exclusiveMaximum: this.#pick([1, 2, 10]) }),
      () => ({ multipleOf: this.#pick([1, 2, 0.5]) }),
      () => ({ required: names() }),
      () => ({ minProperties: this.#below(2) }),
      () => ({ maxProperties: this.#below(4) }),
      () => ({ minItems: this.#below(4) }),
      () => ({ maxItems: this.#below(4) }),
      () => ({ dependentRequired: { [this.#pick(keys)]: names() } }),
    ];
    const applicators: readonly (() => Record<string, Drawn>)[] = [
      () => ({ properties: map() }),
      () => ({ properties: map(), required: names() }),
      () => ({ additionalProperties: this.#below(2) === 0 ? false : inner() }),
      () => ({ patternProperties: { [this.#pick(patterns)]: inner() } }),
      () => ({ propertyNames: inner() }),
      () => ({ dependentSchemas: map() }),
      () => ({ items: this.#below(4) === 0 ? false : inner() }),
      () => ({ prefixItems: list() }),
      () => ({ contains: inner() }),
      () => ({ contains: inner(), minContains: this.#below(3) }),
      () => ({ allOf: list() }),
      () => ({ anyOf: list() }),
      () => ({ oneOf: list() }),
      () => ({ not: inner() }),
      () => ({ if: inner(), then: inner(), else: inner() }),
    ];
    return this.#pick(depth > 0 && this.#below(3) > 0 ? applicators : leaves)();
  }

  #members<Value>(most: number, of: () => Value): Record<string, Value> {
    return Object.fromEntries(this.#times(most, () => [this.#pick(keys), of()] as const));
  }

  #times<Value>(most: number, of: () => Value): Value[] {
    return Array.from({ length: this.#below(most + 1) }, of);
  }

  #pick<Value>(values: readonly Value[]): Value {
    return values[this.#below(values.length)] as Value;
  }

  /** mulberry32 */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  }
}

function withKind(schema: Drawn, kind: string): Drawn {
  const { properties, required, ...rest } = schema as Record<string, Drawn>;
  return {
    ...rest,
    properties: { kind: { const: kind }, ...(properties as Record<string, Drawn>) },
    required: ["kind", ...(required as readonly Drawn[])],
  };
}
