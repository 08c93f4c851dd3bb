import { GrammarError } from "../errors.ts";

/**
 * A schema of a library such as zod 4, valibot or arktype: it validates values, and has types of what goes in and comes out
 * (https://standardschema.dev).
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: number;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
    /** The schema as JSON Schema (Standard JSON Schema). */
    readonly jsonSchema?: StandardJsonSchema | undefined;
  };
}

/** Gives the JSON Schema of what goes in and what comes out. */
export interface StandardJsonSchema {
  readonly input: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>;
  readonly output: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown>;
}

/** What a schema says of a value. */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The type of a schema's validated values. */
export type InferOutput<S> = S extends { readonly "~standard": { readonly types?: infer Types } }
  ? NonNullable<Types> extends { readonly output: infer Output }
    ? Output
    : unknown
  : unknown;

/** Whether a value is a schema of such a library: arktype's are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const standard = (value as Partial<StandardSchema>)["~standard"];
  return typeof standard === "object" && typeof standard.validate === "function";
}

/**
 * The JSON Schema of the values that a schema takes. Its objects are closed: libraries let unknown properties pass, but a model
 * has nothing to say there.
 *
 * @throws GrammarError for a library that cannot tell it, and for what JSON Schema has no words for
 */
export function jsonSchemaOf(schema: StandardSchema): Record<string, unknown> {
  const { vendor, jsonSchema } = schema["~standard"];
  if (!jsonSchema)
    throw new GrammarError("schema", `is of ${vendor}, which gives no JSON Schema by itself; ${mendFor(vendor)}`, {
      vendor,
    });
  let given: Record<string, unknown>;
  try {
    given = jsonSchema.input({ target: "draft-2020-12" });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrammarError(
      "schema",
      `is of ${vendor}, which has no JSON Schema for it: ${reason}; leave that part out, or give a JSON Schema`,
      { vendor },
      { cause },
    );
  }
  // Parts of an allOf see each other's properties as unknown ones.
  return holdsKey(given, "allOf") ? given : (closed(given) as Record<string, unknown>);
}

const mends: Readonly<Record<string, string>> = {
  zod: "use zod 4.2 or newer, or give z.toJSONSchema(schema)",
  valibot: "give toStandardJsonSchema(schema) of @valibot/to-json-schema",
  arktype: "use arktype 2.1.28 or newer, or give schema.toJsonSchema()",
};

const mendFor = (vendor: string): string => mends[vendor] ?? "give it as JSON Schema";

function holdsKey(value: unknown, key: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, inner]) => name === key || holdsKey(inner, key));
}

/** Keywords whose values are data, and not schemas. */
const data: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);

/** `additionalProperties: false` for each schema with properties that says nothing of others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    if (data.has(key)) return [key, value];
    const isTable = key === "properties" || key === "$defs" || key === "definitions" || key === "patternProperties";
    if (!isTable || typeof value !== "object" || value === null) return [key, closed(value)];
    return [
      key,
      Object.fromEntries(
        Object.entries(value as Record<string, unknown>).map(([name, inner]) => [name, closed(inner)]),
      ),
    ];
  });
  const isOpen = "properties" in schema && !("additionalProperties" in schema) && !("patternProperties" in schema);
  return Object.fromEntries(isOpen ? [...entries, ["additionalProperties", false]] : entries);
}
