import type { RopeParameters, RopeType } from "@helium-lm/nn";
import { camelCase } from "../camel-case.ts";
import { ConfigError } from "../errors.ts";
import type { LayerType } from "./fields.ts";
import type { RopeDeclaration, RopeSectionDeclaration } from "./family.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { JsonFloat, type JsonTree } from "./json-text.ts";

/** Rotary parameters of all layers, or one set for each layer type. */
export type ConfigRopeParameters = RopeParameters | Readonly<Record<LayerType, RopeParameters>>;

/** The canonical `rope_parameters` of a config: new spelling, theta and type filled in, extra keys kept. */
export interface RopeSections {
  readonly byLayerType: boolean;
  /** By layer type, or the only one under "all". */
  readonly sections: Readonly<Record<string, JsonObject>>;
  readonly warnings: readonly string[];
}

/** Keys of old spellings that this reader consumes. */
export const oldRopeKeys = ["rope_scaling", "rope_theta", "rope_local_base_freq", "partial_rotary_factor"] as const;

interface TypeKeys {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

const keysByType: Readonly<Record<RopeType, TypeKeys>> = {
  default: { required: [], optional: [] },
  linear: { required: ["factor"], optional: [] },
  dynamic: { required: ["factor"], optional: ["original_max_position_embeddings"] },
  llama3: {
    required: ["factor", "low_freq_factor", "high_freq_factor", "original_max_position_embeddings"],
    optional: [],
  },
  yarn: {
    required: ["factor"],
    optional: [
      "original_max_position_embeddings",
      "attention_factor",
      "beta_fast",
      "beta_slow",
      "mscale",
      "mscale_all_dim",
      "truncate",
    ],
  },
  longrope: {
    required: ["short_factor", "long_factor"],
    optional: ["original_max_position_embeddings", "attention_factor", "factor"],
  },
};

const commonKeys = ["rope_type", "rope_theta", "partial_rotary_factor"];

const isPositive = (value: JsonValue): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;
const positive = { expected: "a finite number above 0", accepts: isPositive };
const finite = {
  expected: "a finite number",
  accepts: (value: JsonValue) => typeof value === "number" && Number.isFinite(value),
};
const factors = {
  expected: "a list of finite numbers above 0",
  accepts: (value: JsonValue) => Array.isArray(value) && (value as readonly JsonValue[]).every(isPositive),
};

const valueChecks: Readonly<Record<string, { expected: string; accepts: (value: JsonValue) => boolean }>> = {
  rope_theta: positive,
  factor: positive,
  low_freq_factor: positive,
  high_freq_factor: positive,
  attention_factor: positive,
  beta_fast: positive,
  beta_slow: positive,
  mscale: finite,
  mscale_all_dim: finite,
  short_factor: factors,
  long_factor: factors,
  partial_rotary_factor: {
    expected: "a number in (0, 1]",
    accepts: (value) => isPositive(value) && (value as number) <= 1,
  },
  original_max_position_embeddings: {
    expected: "a whole number of at least 1",
    accepts: (value) => isPositive(value) && Number.isSafeInteger(value),
  },
  truncate: { expected: "true or false", accepts: (value) => typeof value === "boolean" },
};

/**
 * Reads rotary parameters in the new spelling (`rope_parameters`) or the old one (`rope_theta` with `rope_scaling`, and
 * `rope_local_base_freq` for sliding layers). Inside, `type` is an old name of `rope_type`; a missing theta is taken
 * from the top-level key, then from the family.
 *
 * @throws ConfigError for an unknown type, a missing or ill-typed key
 */
export function readRope(raw: JsonObject, rope: RopeDeclaration, file: string): RopeSections {
  const parameters = readObject(raw, "rope_parameters", file);
  const scaling = readObject(raw, "rope_scaling", file);
  const nested = [scaling, parameters].find((value) => value !== undefined && isNested(value));
  const flat = [scaling, parameters].find((value) => value !== undefined && value !== nested) ?? {};
  const warnings: string[] = [];
  const complete = (key: string, section: JsonObject, declaration: RopeSectionDeclaration): JsonObject =>
    completeSection({ raw, key, section, declaration, rope, file, warnings });
  if (rope.byLayerType === undefined) {
    if (nested !== undefined) {
      throw new ConfigError({
        file,
        key: "rope_parameters",
        given: Object.keys(nested),
        expected: "one set of rotary parameters for all layers in this family",
        mend: "write rope_type and rope_theta directly into it",
      });
    }
    const key = scaling === undefined ? "rope_parameters" : "rope_scaling";
    return { byLayerType: false, sections: { all: complete(key, flat, rope) }, warnings };
  }
  const sections = Object.entries(rope.byLayerType).map(([type, declaration]) => {
    const own = nested === undefined ? {} : (readObject(nested, type, file) ?? {});
    const section = declaration.scaled === false ? own : { ...own, ...flat };
    return [type, complete(`rope_parameters.${type}`, section, declaration)] as const;
  });
  return { byLayerType: true, sections: Object.fromEntries(sections), warnings };
}

/** Keys that a section may hold, `type` aside. */
export const ropeKeys: readonly string[] = ["rope_type", ...Object.keys(valueChecks)];

const layerTypeNames: readonly string[] = ["full_attention", "sliding_attention"] satisfies LayerType[];

const isNested = (value: JsonObject): boolean => {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => layerTypeNames.includes(key));
};

function readObject(raw: JsonObject, key: string, file: string): JsonObject | undefined {
  const value = raw[key];
  if (value === undefined || value === null) return undefined;
  if (isJsonObject(value)) return value;
  throw new ConfigError({
    file,
    key,
    given: value,
    expected: "an object or null",
    mend: 'write it as {"rope_type": …, "rope_theta": …}, or leave it out',
  });
}

interface SectionContext {
  readonly raw: JsonObject;
  readonly key: string;
  readonly section: JsonObject;
  readonly declaration: RopeSectionDeclaration;
  readonly rope: RopeDeclaration;
  readonly file: string;
  readonly warnings: string[];
}

function completeSection({ raw, key, section, declaration, rope, file, warnings }: SectionContext): JsonObject {
  const { type: oldType, ...rest } = section;
  const ropeType = readType(rest.rope_type ?? oldType ?? "default", key, rope, file);
  const partial = rest.partial_rotary_factor ?? raw.partial_rotary_factor ?? rope.partial;
  const complete: JsonObject = {
    ...rest,
    rope_type: ropeType,
    rope_theta: rest.rope_theta ?? raw[declaration.oldThetaKey ?? "rope_theta"] ?? declaration.theta,
    ...(partial === undefined || partial === null ? {} : { partial_rotary_factor: partial }),
  };
  const { required, optional } = keysByType[ropeType];
  for (const name of required) {
    if (complete[name] !== undefined) continue;
    throw new ConfigError({
      file,
      key: `${key}.${name}`,
      given: undefined,
      expected: `present for rope_type "${ropeType}"`,
      mend: `add it; the type needs ${required.join(", ")}`,
    });
  }
  const known = [...commonKeys, ...required, ...optional];
  for (const [name, value] of Object.entries(complete)) {
    if (known.includes(name)) checkValue(`${key}.${name}`, name, value, ropeType, file);
    else warnings.push(`${file} ${key}.${name}: not read for rope_type "${ropeType}"`);
  }
  if (partial !== undefined && partial !== null && partial !== 1 && rope.partial === undefined) {
    throw new ConfigError({
      file,
      key: `${key}.partial_rotary_factor`,
      given: partial,
      expected: "1 in this family, which rotates whole heads",
      mend: "leave it out, or check model_type",
    });
  }
  return Object.freeze(complete);
}

function readType(given: JsonValue, key: string, { types, typeAliases }: RopeDeclaration, file: string): RopeType {
  const known = types ?? (Object.keys(keysByType) as RopeType[]);
  if (typeof given === "string") {
    const name = typeAliases !== undefined && Object.hasOwn(typeAliases, given) ? typeAliases[given] : given;
    const found = known.find((type) => type === name);
    if (found !== undefined) return found;
  }
  throw new ConfigError({
    file,
    key: `${key}.rope_type`,
    given,
    expected: `one of ${known.join(", ")}`,
    mend: "correct the type, or leave it out for plain rotary embedding",
  });
}

function checkValue(path: string, name: string, value: JsonValue, ropeType: RopeType, file: string): void {
  const check = Object.hasOwn(valueChecks, name) ? valueChecks[name] : undefined;
  if (check === undefined) return;
  const { required } = keysByType[ropeType];
  // A factor of null is YaRN's way to ask for the ratio of the two context lengths.
  const nullable = !required.includes(name) || (ropeType === "yarn" && name === "factor");
  if (value === null ? nullable && name !== "rope_theta" : check.accepts(value)) return;
  throw new ConfigError({ file, key: path, given: value, expected: check.expected, mend: "correct the value" });
}

/** One section, camel-cased; keys that its type does not read keep their spelling. */
export function asRopeParameters(section: JsonObject): RopeParameters {
  const entries = Object.entries(section).map(([key, value]) => [isKnown(key) ? camelCase(key) : key, value] as const);
  // readRope has checked that the section holds what its type needs.
  return Object.freeze(Object.fromEntries(entries)) as unknown as RopeParameters;
}

const isKnown = (key: string): boolean => ropeKeys.includes(key);

/** The section for writing, with its float-typed values marked. */
export function ropeTree(section: JsonObject): { readonly [key: string]: JsonTree } {
  const whole = ["original_max_position_embeddings"];
  const mark = (value: JsonValue): JsonTree => {
    if (typeof value === "number") return new JsonFloat(value);
    return Array.isArray(value) ? (value as readonly JsonValue[]).map(mark) : value;
  };
  return Object.fromEntries(
    Object.entries(section).map(([key, value]) => [key, isKnown(key) && !whole.includes(key) ? mark(value) : value]),
  );
}
