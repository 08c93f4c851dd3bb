import { camelCase } from "../camel-case.ts";
import { generationKeys } from "../generation/options/config-keys.ts";
import { ConfigError } from "../errors.ts";
import { knownKeys } from "./fields.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { oldRopeKeys, ropeKeys } from "./rope-parameters.ts";

const topLevel = [
  ...knownKeys,
  ...generationKeys,
  ...oldRopeKeys,
  "model_type",
  "num_labels",
  "rope_parameters",
  "torch_dtype",
];

/**
 * A config object with its known keys in JSON spelling: `hiddenSize` and `hidden_size` mean the same where a config is
 * built by hand. `declared` are further keys of the family.
 *
 * @throws ConfigError when both spellings of a key are given
 */
export function toJsonSpelling(init: JsonObject, declared: readonly string[], file: string): JsonObject {
  const renamed = rename(init, [...topLevel, ...declared], file);
  const ropeEntries = ["rope_parameters", "rope_scaling"]
    .filter((key) => Object.hasOwn(renamed, key))
    .map((key) => [key, renameRope(renamed[key] ?? null, file)] as const);
  return { ...renamed, ...Object.fromEntries(ropeEntries) };
}

function renameRope(value: JsonValue, file: string): JsonValue {
  if (!isJsonObject(value)) return value;
  const renamed = rename(value, ropeKeys, file);
  return Object.fromEntries(
    Object.entries(renamed).map(([key, inner]) => [key, isJsonObject(inner) ? rename(inner, ropeKeys, file) : inner]),
  );
}

function rename(object: JsonObject, known: readonly string[], file: string): JsonObject {
  const bySpelling = new Map(known.map((key) => [camelCase(key), key]));
  const entries = Object.entries(object).map(([key, value]) => {
    const name = bySpelling.get(key) ?? key;
    if (name !== key && Object.hasOwn(object, name)) {
      throw new ConfigError({
        file,
        key: name,
        given: `${key} and ${name}`,
        expected: "given once",
        mend: "leave one of the two spellings out",
      });
    }
    return [name, value] as const;
  });
  return Object.fromEntries(entries);
}
