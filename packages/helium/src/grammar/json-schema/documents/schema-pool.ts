import { annotations } from "./annotations.ts";
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

/** Texts of schemas that are compared by content: longer ones are rarely met twice. */
const LONGEST_COMPARED = 2_000;

interface Entry {
  readonly schema: Json;
  readonly resource: Resource;
  /** The schema it was found below, and the steps from there. */
  readonly parent: Entry | null;
  readonly steps: string;
}

/** Schemas by number: one object is one number, and so are leaves that say the same. */
export class SchemaPool {
  readonly documents: SchemaDocuments;
  readonly #entries: Entry[] = [];
  readonly #byObject = new Map<Json, SchemaId>();
  readonly #byContent = new Map<string, SchemaId>();
  /** What the references of a schema lead to, by its number and the keyword: it is read for each type of values. */
  readonly #targets = new Map<string, SchemaId>();

  constructor(documents: SchemaDocuments) {
    this.documents = documents;
    for (const schema of [true, false]) this.#append(schema, documents.root, null, "");
  }

  schema(id: SchemaId): Json {
    return this.#entry(id).schema;
  }

  resource(id: SchemaId): Resource {
    return this.#entry(id).resource;
  }

  /** Where a schema, or a keyword of it, stands. */
  place(id: SchemaId, ...steps: (string | number)[]): Place {
    return { pointer: () => pointerOf(this.#entry(id)) + steps.map(pointerStep).join("") };
  }

  root(): SchemaId {
    const { root } = this.documents;
    return this.#intern(root.root, root, null, "");
  }

  /** A schema below another one, by the steps that lead there. */
  child(parent: SchemaId, schema: Json, ...steps: (string | number)[]): SchemaId {
    const entry = this.#entry(parent);
    return this.#intern(schema, entry.resource, entry, steps.map(pointerStep).join(""));
  }

  /** A schema that is made of what another one says: in its dialect all keywords mean what 2020-12 says. */
  made(parent: SchemaId, schema: JsonObject, ...steps: (string | number)[]): SchemaId {
    const entry = this.#entry(parent);
    const resource: Resource = { ...entry.resource, dialect: "open" };
    return this.#intern(schema, resource, entry, steps.map(pointerStep).join(""));
  }

  /** The schema that a reference leads to. */
  target(from: SchemaId, reference: string, keyword: string): SchemaId {
    const key = `${from} ${keyword}`;
    const known = this.#targets.get(key);
    if (known !== undefined) return known;
    const place = this.place(from, keyword);
    const { schema, resource } = this.documents.resolve(reference, this.resource(from), keyword, place);
    const target = this.#intern(schema, resource, this.#entry(from), pointerStep(keyword));
    this.#targets.set(key, target);
    return target;
  }

  #intern(schema: Json, around: Resource, parent: Entry | null, steps: string): SchemaId {
    if (schema === true) return EVERYTHING;
    if (schema === false) return NOTHING;
    if (!isObject(schema)) return this.#append(schema, around, parent, steps);
    const known = this.#byObject.get(schema);
    if (known !== undefined) return known;
    const content = contentOf(schema);
    if (content === "{}") return EVERYTHING;
    const resource = this.documents.resourceOf(schema, around);
    const key = content === null ? null : `${resource.dialect} ${content}`;
    const equal = key === null ? undefined : this.#byContent.get(key);
    const id = equal ?? this.#append(schema, resource, parent, steps);
    this.#byObject.set(schema, id);
    if (key !== null) this.#byContent.set(key, id);
    return id;
  }

  #append(schema: Json, resource: Resource, parent: Entry | null, steps: string): SchemaId {
    return this.#entries.push({ schema, resource, parent, steps }) - 1;
  }

  #entry(id: SchemaId): Entry {
    const entry = this.#entries[id];
    if (entry === undefined) throw new RangeError(`schema ${id} of ${this.#entries.length}`);
    return entry;
  }
}

function pointerOf(entry: Entry): string {
  const steps: string[] = [];
  for (let at: Entry | null = entry; at !== null; at = at.parent) steps.push(at.steps);
  return `#${steps.reverse().join("")}`;
}

const isScalar = (value: Json): boolean => typeof value !== "object" || value === null;

/** The text of what a leaf demands; null for a schema that holds others, or is long. */
function contentOf(schema: JsonObject): string | null {
  if (!isLeaf(schema)) return null;
  const demands = Object.entries(schema).filter(([keyword]) => !annotations.has(keyword));
  if (demands.length === 0) return "{}";
  const values = demands.map(([, value]) => value);
  if (!values.every((value) => isScalar(value) || (isList(value) && value.length < 50 && value.every(isScalar))))
    return null;
  const content = JSON.stringify(demands);
  return content.length > LONGEST_COMPARED ? null : content;
}

/** Literals that must hold together, each once; `[NEVER]` where two of them, or one alone, cannot. */
export function together(...lists: readonly (readonly Literal[])[]): readonly Literal[] {
  const [only, second] = lists;
  // Most often there is one of them.
  if (only?.length === 1 && second === undefined && (only[0] ?? 0) > (NEVER | 1)) return only;
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
