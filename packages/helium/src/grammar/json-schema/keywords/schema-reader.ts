import { isKeyword, refStandsAlone } from "../documents/dialects.ts";
import { isList, isObject, own, type JsonObject } from "../documents/json-values.ts";
import { refusal } from "../documents/refusals.ts";
import type { SchemaId, SchemaPool } from "../documents/schema-pool.ts";
import { applicators } from "./applicators.ts";
import { arrayKeywords } from "./arrays.ts";
import { all, no, schemaFormula, schemasIn, yes, type Formula } from "./formulas.ts";
import type { Atoms, JsonType } from "./json-types.ts";
import { numberKeywords } from "./numbers.ts";
import { objectKeywords } from "./objects.ts";
import { refuseMalformed, type KeywordTable, type Reading } from "./reading.ts";
import { stringKeywords } from "./strings.ts";
import { readType, readValues } from "./values.ts";

const tables: { readonly [Type in JsonType]: KeywordTable<Type> } = {
  word: new Map(),
  number: numberKeywords,
  string: stringKeywords,
  array: arrayKeywords,
  object: objectKeywords,
};

/** Steps that reading a schema for one type counts as. */
const READING = 6;

/** Reads schemas, each once for each type of values. */
export class SchemaReader {
  readonly pool: SchemaPool;
  readonly #means: Omit<Reading, "pool" | "id" | "schema">;
  readonly #known: { readonly [Type in JsonType]: Map<SchemaId, Formula<Atoms[Type]>> } = {
    word: new Map(),
    number: new Map(),
    string: new Map(),
    array: new Map(),
    object: new Map(),
  };
  readonly #ordered = {
    word: new Set<SchemaId>(),
    number: new Set<SchemaId>(),
    string: new Set<SchemaId>(),
    array: new Set<SchemaId>(),
    object: new Set<SchemaId>(),
  };

  /** @param means - How texts of patterns, formats and lengths are made. */
  constructor(pool: SchemaPool, means: Omit<Reading, "pool" | "id" | "schema">) {
    this.pool = pool;
    this.#means = means;
  }

  /** @throws UnsupportedGrammarError for what cannot be enforced exactly */
  read<Type extends JsonType>(type: Type, id: SchemaId): Formula<Atoms[Type]> {
    const known = this.#known[type].get(id);
    if (known !== undefined) return known;
    this.#means.strings.spend(READING);
    const made = this.#read(type, id);
    this.#known[type].set(id, made);
    return made;
  }

  /**
   * The schemas that a schema consists of in place, itself the last; those that were given before are left out.
   *
   * @throws UnsupportedGrammarError for a schema that consists of itself
   */
  inPlace(type: JsonType, root: SchemaId): readonly SchemaId[] {
    const done = this.#ordered[type];
    if (done.has(root)) return [];
    const parts = schemasIn(this.read(type, root));
    if (parts.length === 0) {
      done.add(root);
      return [root];
    }
    const order: SchemaId[] = [];
    const open = new Set<SchemaId>([root]);
    const path = [{ id: root, parts, at: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.parts[top.at++];
      if (next === undefined) {
        done.add(top.id);
        open.delete(top.id);
        order.push(top.id);
        path.pop();
      } else if (open.has(next)) {
        throw refusal(
          "$ref",
          this.pool.place(top.id),
          "leads back to the same value without an end; no value could be told",
        );
      } else if (!done.has(next)) {
        open.add(next);
        path.push({ id: next, parts: schemasIn(this.read(type, next)), at: 0 });
      }
    }
    return order;
  }

  #read<Type extends JsonType>(type: Type, id: SchemaId): Formula<Atoms[Type]> {
    const schema = this.pool.schema(id);
    if (typeof schema === "boolean") return schema ? yes : no;
    if (!isObject(schema)) throw refusal("schema", this.pool.place(id), "expected a schema, an object or a boolean");
    const reading: Reading = { ...this.#means, pool: this.pool, id, schema };
    const { dialect } = this.pool.resource(id);
    const reference = own(schema, "$ref");
    if (refStandsAlone(dialect) && typeof reference === "string") {
      return schemaFormula(this.pool.target(id, reference, "$ref"));
    }
    const values = this.#values(type, schema, reading);
    if (values.op === "no") return no;
    const parts: Formula<Atoms[Type]>[] = [values];
    for (const [keyword, value] of Object.entries(schema)) {
      if (!isKeyword(keyword, dialect)) continue;
      const applicator = applicators.get(keyword);
      const reader = tables[type].get(keyword);
      if (applicator !== undefined) parts.push(applicator(value, reading, keyword));
      else if (reader !== undefined) parts.push(reader(value, reading, keyword));
    }
    return all(parts);
  }

  /** `type`, `enum` and `const`, which most often decide alone that no value of a type is meant. */
  #values<Type extends JsonType>(type: Type, schema: JsonObject, reading: Reading): Formula<Atoms[Type]> {
    const parts: Formula<Atoms[Type]>[] = [];
    const [types, values, constant] = [own(schema, "type"), own(schema, "enum"), own(schema, "const")];
    if (types !== undefined) parts.push(readType(type, types, reading));
    if (values !== undefined) {
      if (!isList(values)) refuseMalformed(reading, "enum", "a list of values", values);
      parts.push(readValues(type, values, reading, "enum"));
    }
    if (constant !== undefined && isKeyword("const", this.pool.resource(reading.id).dialect)) {
      parts.push(readValues(type, [constant], reading, "const"));
    }
    return all(parts);
  }
}
