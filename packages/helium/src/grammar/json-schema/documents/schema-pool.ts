import { isLeaf } from "./subschemas.ts";
import { isList, isObject, type Json, type JsonObject } from "./json-values.ts";
import { pointerStep, type Place } from "./refusals.ts";
import type { Resource, SchemaDocuments } from "./schema-documents.ts";

/** A schema of the pool. */
export type SchemaId = number;

/** A schema, or with the lowest bit set its complement: id·2 + (0 | 1). */
export type Literal = number;

export const EVERYTHING: SchemaId = 0;
export const NOTHING: SchemaId = 1;
/** The literal that every value satisfies, and the one that none does. */
export const ANY: Literal = EVERYTHING * 2;
export const NEVER: Literal = NOTHING * 2;

export const literal = (schema: SchemaId, positive = true): Literal => schema * 2 + (positive ? 0 : 1);

/** What only describes a value. */
const annotations = new Set(
  (
    "title description default examples example $comment deprecated readOnly writeOnly contentEncoding contentMediaType " +
    "contentSchema $schema $vocabulary"
  ).split(" "),
);

/** Texts of schemas that are compared by content: longer ones are rarely met twice. */
const LONGEST_COMPARED = 2_000;

/** Schemas by number: one object is one number, and so are leaves that say the same. */
export class SchemaPool {
  readonly documents: SchemaDocuments;
  readonly #schemas: Json[] = [true, false];
  readonly #resources: Resource[];
  readonly #parents: (SchemaId | -1)[] = [-1, -1];
  readonly #steps: string[] = ["", ""];
  readonly #byObject = new Map<Json, SchemaId>();
  readonly #byContent = new Map<string, SchemaId>();

  constructor(documents: SchemaDocuments) {
    this.documents = documents;
    this.#resources = [documents.root, documents.root];
  }

  schema(id: SchemaId): Json {
    return this.#schemas[id];
  }

  resource(id: SchemaId): Resource {
    return this.#resources[id];
  }

  /** Where a schema, or a keyword of it, stands. */
  place(id: SchemaId, ...steps: (string | number)[]): Place {
    return { pointer: () => this.#pointer(id) + steps.map(pointerStep).join("") };
  }

  root(): SchemaId {
    const { root } = this.documents;
    return this.#intern(root.root, root, -1, "#");
  }

  /** A schema below another one, by the steps that lead there. */
  child(parent: SchemaId, schema: Json, ...steps: (string | number)[]): SchemaId {
    return this.#intern(schema, this.#resources[parent], parent, steps.map(pointerStep).join(""));
  }

  /** A schema that is made of what another one says: in its dialect all keywords mean what 2020-12 says. */
  made(parent: SchemaId, schema: JsonObject, ...steps: (string | number)[]): SchemaId {
    const resource: Resource = { ...this.#resources[parent], dialect: "open" };
    return this.#intern(schema, resource, parent, steps.map(pointerStep).join(""));
  }

  /** The schema that a reference leads to. */
  target(from: SchemaId, reference: string, keyword: string): SchemaId {
    const place = this.place(from, keyword);
    const { schema, resource } = this.documents.resolve(reference, this.#resources[from], keyword, place);
    return this.#intern(schema, resource, from, pointerStep(keyword));
  }

  #intern(schema: Json, around: Resource, parent: SchemaId | -1, step: string): SchemaId {
    if (schema === true) return EVERYTHING;
    if (schema === false) return NOTHING;
    if (!isObject(schema)) return this.#append(schema, around, parent, step);
    const known = this.#byObject.get(schema);
    if (known !== undefined) return known;
    const content = contentOf(schema);
    if (content === "{}") return EVERYTHING;
    const resource = this.documents.resourceOf(schema, around);
    const key = content === null ? null : `${resource.dialect} ${content}`;
    const equal = key === null ? undefined : this.#byContent.get(key);
    const id = equal ?? this.#append(schema, resource, parent, step);
    this.#byObject.set(schema, id);
    if (key !== null) this.#byContent.set(key, id);
    return id;
  }

  #append(schema: Json, resource: Resource, parent: SchemaId | -1, step: string): SchemaId {
    this.#resources.push(resource);
    this.#parents.push(parent);
    this.#steps.push(step);
    return this.#schemas.push(schema) - 1;
  }

  #pointer(id: SchemaId): string {
    const steps: string[] = [];
    for (let at: SchemaId | -1 = id; at >= 0; at = this.#parents[at]) steps.push(this.#steps[at]);
    return steps.reverse().join("") || "#";
  }
}

const isScalar = (value: Json): boolean => typeof value !== "object" || value === null;

/** The text of what a leaf demands; null for a schema that holds others, or is long. */
function contentOf(schema: JsonObject): string | null {
  if (!isLeaf(schema)) return null;
  const demands = Object.keys(schema).filter((keyword) => !annotations.has(keyword));
  if (demands.length === 0) return "{}";
  const values = demands.map((keyword) => schema[keyword]);
  if (!values.every((value) => isScalar(value) || (isList(value) && value.length < 50 && value.every(isScalar)))) return null;
  const content = JSON.stringify(demands.map((keyword, index) => [keyword, values[index]]));
  return content.length > LONGEST_COMPARED ? null : content;
}

/** Literals that must hold together, each once; `[NEVER]` where two of them, or one alone, cannot. */
export function together(...lists: readonly (readonly Literal[])[]): readonly Literal[] {
  const seen = new Set<Literal>();
  for (const list of lists) {
    for (const one of list) {
      if (one === ANY || one === (NEVER ^ 1)) continue;
      if (one === NEVER || one === (ANY ^ 1) || seen.has(one ^ 1)) return [NEVER];
      seen.add(one);
    }
  }
  return [...seen];
}
