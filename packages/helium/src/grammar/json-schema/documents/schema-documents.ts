import { dialectOf, idKeyword, isKeyword, refStandsAlone, type Dialect } from "./dialects.ts";
import { isList, isObject, own, type Json, type JsonObject } from "./json-values.ts";
import { refusal, type Place } from "./refusals.ts";
import { subschemas } from "./subschemas.ts";

/** A schema with a URI of its own, from which references within it are read. */
export interface Resource {
  readonly uri: string;
  readonly root: Json;
  readonly dialect: Dialect;
  readonly anchors: Map<string, JsonObject>;
  readonly dynamicAnchors: Set<string>;
}

/** What a reference leads to. */
export interface Target {
  readonly schema: Json;
  readonly resource: Resource;
}

/** The base of a schema that names no URI; nothing is ever fetched. */
const NAMELESS = "schema://root/";

const withoutFragment = (uri: string): string => uri.replace(/#.*$/s, "");

function resolveUri(reference: string, base: string): string | null {
  try {
    return new URL(reference, base).href;
  } catch {
    return null;
  }
}

/** The documents a schema may refer to: their resources by URI, and the anchors in each. */
export class SchemaDocuments {
  readonly root: Resource;
  readonly #byUri = new Map<string, Resource>();
  readonly #byObject = new Map<Json, Resource>();
  readonly #given: ReadonlyMap<string, Json>;
  readonly #names = new Map<string, number>();

  /** @param given - Schemas by URI, for references to other documents. */
  constructor(schema: Json, given: Readonly<Record<string, Json>> = {}) {
    this.#given = new Map(Object.entries(given).map(([uri, value]) => [withoutFragment(uri), value]));
    this.root = this.#add(schema, NAMELESS, "open");
  }

  /** How many schemas of all documents carry this `$dynamicAnchor`; only one can be meant where there is one. */
  dynamicAnchorCount(name: string): number {
    return this.#names.get(name) ?? 0;
  }

  /** The resource that a schema begins, or else the one it lies in. */
  resourceOf(schema: Json, around: Resource): Resource {
    return this.#byObject.get(schema) ?? around;
  }

  /** @throws UnsupportedGrammarError for what is not found in these documents. */
  resolve(reference: string, from: Resource, keyword: string, place: Place): Target {
    const uri = reference.startsWith("#") ? `${from.uri}${reference}` : resolveUri(reference, from.uri);
    if (uri === null) throw refusal(keyword, place, `${JSON.stringify(reference)} is no URI reference`);
    const resource = reference.startsWith("#") ? from : this.#resourceAt(withoutFragment(uri));
    if (resource === undefined) {
      const problem = `${JSON.stringify(reference)} refers to another document; give it in the option \`schemas\``;
      throw refusal(keyword, place, problem);
    }
    const fragment = /#(.*)$/s.exec(uri)?.[1] ?? "";
    const target = this.#inside(resource, fragment);
    if (target === undefined) throw refusal(keyword, place, `${JSON.stringify(reference)} leads nowhere`);
    return target;
  }

  #resourceAt(uri: string): Resource | undefined {
    const known = this.#byUri.get(uri);
    if (known !== undefined) return known;
    const given = this.#given.get(uri);
    return given === undefined ? undefined : this.#add(given, uri, this.root.dialect);
  }

  #inside(resource: Resource, fragment: string): Target | undefined {
    let decoded: string;
    try {
      decoded = decodeURIComponent(fragment);
    } catch {
      return undefined;
    }
    if (decoded !== "" && !decoded.startsWith("/")) {
      const schema = resource.anchors.get(decoded);
      return schema === undefined ? undefined : { schema, resource };
    }
    let schema: Json | undefined = resource.root;
    let inside = resource;
    for (const step of decoded.split("/").slice(1)) {
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      if (isObject(schema)) schema = own(schema, key);
      else if (isList(schema) && /^\d+$/.test(key)) schema = schema[Number(key)];
      else return undefined;
      if (schema === undefined) return undefined;
      inside = this.resourceOf(schema, inside);
    }
    return { schema, resource: inside };
  }

  #add(root: Json, uri: string, otherwise: Dialect): Resource {
    const dialect = isObject(root) ? this.#dialectOf(root, otherwise) : otherwise;
    const document: Resource = { uri, root, dialect, anchors: new Map(), dynamicAnchors: new Set() };
    this.#byUri.set(uri, document);
    if (!isObject(root)) return document;
    const stack: { schema: JsonObject; resource: Resource }[] = [{ schema: root, resource: document }];
    let first = document;
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { schema } = top;
      const resource = this.#begin(schema, top.resource);
      if (schema === root) first = resource;
      for (const inner of subschemas(schema, resource.dialect)) {
        if (isObject(inner)) stack.push({ schema: inner, resource });
      }
    }
    return first;
  }

  #dialectOf(root: JsonObject, otherwise: Dialect): Dialect {
    const named = own(root, "$schema");
    const meta = typeof named === "string" ? this.#given.get(withoutFragment(named)) : undefined;
    if (isObject(meta) && own(meta, "$vocabulary") !== undefined) {
      throw refusal("$schema", "#/$schema", `${JSON.stringify(named)} chooses vocabularies of its own; name a draft`);
    }
    return dialectOf(named, otherwise);
  }

  /** The resource that a schema lies in, a new one where it has an `$id`; its anchors are noted. */
  #begin(schema: JsonObject, around: Resource): Resource {
    const dialect = dialectOf(own(schema, "$schema"), around.dialect);
    const id = own(schema, idKeyword(dialect));
    let resource = around;
    const names = typeof id === "string" && !(refStandsAlone(dialect) && typeof own(schema, "$ref") === "string");
    if (names && !id.startsWith("#")) {
      const uri = resolveUri(id, around.uri);
      if (uri !== null) {
        const own = withoutFragment(uri);
        resource = { uri: own, root: schema, dialect, anchors: new Map(), dynamicAnchors: new Set() };
        if (!this.#byUri.has(own)) this.#byUri.set(own, resource);
        this.#byObject.set(schema, resource);
      }
    }
    if (names && /^[^#]*#[^/]/.test(id) && (dialect === "open" || dialect <= 7)) {
      resource.anchors.set(id.slice(id.indexOf("#") + 1), schema);
    }
    for (const keyword of ["$anchor", "$dynamicAnchor"]) {
      const name = own(schema, keyword);
      if (typeof name !== "string" || !isKeyword(keyword, dialect)) continue;
      resource.anchors.set(name, schema);
      if (keyword === "$anchor") continue;
      resource.dynamicAnchors.add(name);
      this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    }
    if (own(schema, "$recursiveAnchor") === true) this.#names.set("#", (this.#names.get("#") ?? 0) + 1);
    return resource;
  }
}
