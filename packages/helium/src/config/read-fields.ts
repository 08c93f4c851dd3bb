import { baseKind, checkField, isNullable } from "./check-field.ts";
import { ConfigError } from "../errors.ts";
import { headDim } from "./derive.ts";
import type { FamilyDefinition, FieldDeclaration, FieldDefault } from "./family.ts";
import { baseDefaults, kindOf, type FieldKind, type FieldValues } from "./fields.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";

/** Fields of every family, unless it declares them itself. */
const commonFields: Readonly<Record<string, FieldDefault>> = {
  attention_dropout: 0,
  initializer_range: 0.02,
  use_cache: true,
  head_dim: { from: headDim, stored: false },
};

export interface Fields {
  /** Every declared key and base key, by its JSON spelling. */
  readonly values: JsonObject;
  /** The kind of each. */
  readonly kinds: Readonly<Record<string, FieldKind>>;
  /** The family's keys that are written on save. */
  readonly stored: readonly string[];
  /** Keys that the file had; the others are defaults or derived. */
  readonly given: readonly string[];
}

interface Declared {
  readonly key: string;
  readonly declaration: FieldDeclaration;
  readonly kind: FieldKind;
}

/**
 * Checked values of the family's and the base class's keys, defaults filled in, derived values made.
 *
 * @throws ConfigError for a value of the wrong type or outside its domain
 */
export function readFields(raw: JsonObject, family: FamilyDefinition, file: string): Fields {
  const declared = declarationsOf(family);
  const values = new Map<string, JsonValue>();
  const given = new Set<string>();
  for (const { key, declaration, kind } of declared) {
    const isPresent = Object.hasOwn(raw, key);
    const value = meantBy((isPresent ? raw[key] : declaration.absent) ?? null, declaration);
    if (value === null && declaration.from !== undefined) continue;
    if (isPresent) given.add(key);
    checkField(key, value, kind, file);
    checkAdmitted(key, value, declaration, file);
    values.set(key, value);
  }
  for (const { key, declaration } of declared) {
    if (declaration.onlyIf !== undefined && values.get(declaration.onlyIf) !== true) values.set(key, null);
  }
  const config = reading(values, family.modelType);
  for (const { key, declaration, kind } of declared) {
    if (declaration.from !== undefined && !values.has(key)) {
      const value = declaration.from(config, file);
      checkField(key, value, kind, file);
      values.set(key, value);
    }
  }
  const layers = config.num_hidden_layers;
  for (const { key, kind } of declared) checkLength(key, values.get(key), kind, layers, file);
  return Object.freeze({
    values: Object.freeze(Object.fromEntries(values)),
    kinds: Object.fromEntries(declared.map(({ key, kind }) => [key, kind])),
    stored: declared
      .filter(({ key }) => Object.hasOwn(family.fields, key) || Object.hasOwn(commonFields, key))
      .filter((field) => field.declaration.stored !== false || given.has(field.key))
      .map(({ key }) => key),
    given: [...given],
  });
}

/** The values as properties. @throws ConfigError, when read, for a key that the family does not declare, or further down */
function reading(values: ReadonlyMap<string, JsonValue>, modelType: string): FieldValues {
  const get = (_: object, key: string | symbol): JsonValue => {
    const value = values.get(String(key));
    if (value !== undefined) return value;
    throw new ConfigError({
      file: `family ${modelType}`,
      key: String(key),
      given: undefined,
      expected: "declared in the family's fields, above the one that is made from it",
      mend: "declare it with a default",
    });
  };
  return new Proxy({}, { get }) as FieldValues;
}

/** All keys that a config of this family may hold, with their declarations. */
function declarationsOf({ modelType, fields }: FamilyDefinition): readonly Declared[] {
  const all: Readonly<Record<string, FieldDefault>> = { ...baseDefaults, ...commonFields, ...fields };
  return Object.entries(all).map(([key, value]) => {
    const declaration: FieldDeclaration = isDeclaration(value) ? value : { absent: value };
    const kind = declaration.kind ?? kindOf(key);
    if (kind === undefined) {
      throw new ConfigError({
        file: `family ${modelType}`,
        key,
        given: undefined,
        expected: "a known key, or one declared with its kind",
        mend: 'write { absent: …, kind: "number" } or another kind',
      });
    }
    const admitsNull = declaration.absent === null && declaration.from === undefined;
    return { key, declaration, kind: admitsNull && !isNullable(kind) ? (`${baseKind(kind)}?` as const) : kind };
  });
}

const isDeclaration = (value: FieldDefault): value is FieldDeclaration => isJsonObject(value);

function meantBy(value: JsonValue, { readAs }: FieldDeclaration): JsonValue {
  return typeof value === "string" && readAs && Object.hasOwn(readAs, value) ? (readAs[value] ?? value) : value;
}

function checkAdmitted(key: string, value: JsonValue, { oneOf }: FieldDeclaration, file: string): void {
  if (oneOf === undefined || oneOf.includes(value)) return;
  throw new ConfigError({
    file,
    key,
    given: value,
    expected: `${oneOf.map(String).join(" or ")} in this family`,
    mend: "other values are not supported for this family",
  });
}

function checkLength(key: string, value: JsonValue | undefined, kind: FieldKind, layers: number, file: string): void {
  const perLayer = baseKind(kind) === "layerTypes" || baseKind(kind) === "layerFlags";
  if (!perLayer || !Array.isArray(value) || value.length === layers) return;
  throw new ConfigError({
    file,
    key,
    given: `${value.length} entries`,
    expected: `a list with an entry for each of num_hidden_layers = ${layers}`,
    mend: "correct the list, or leave it out for the family's pattern",
  });
}
