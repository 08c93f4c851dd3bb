import { isGenerationKey } from "../generation/options/config-keys.ts";
import type { FamilyDefinition } from "./family.ts";
import type { JsonObject, JsonValue } from "./json-value.ts";
import type { DecoderTraits } from "./traits.ts";
import { readLabels, type Labels } from "./labels.ts";
import { readFields, type Fields } from "./read-fields.ts";
import { resolveTraits } from "./resolve-traits.ts";
import { readRope, type RopeSections } from "./rope-parameters.ts";

/** A config, read and checked. */
export interface ConfigParts {
  readonly fields: Fields;
  readonly labels: Labels;
  readonly rope: RopeSections;
  readonly traits: DecoderTraits;
  /** Generation defaults found in the file, by their JSON spelling. */
  readonly generation: JsonObject;
  /** Keys that neither the family nor the base class knows. */
  readonly unknown: JsonObject;
  readonly warnings: readonly string[];
}

/**
 * Reads a config in JSON spelling, old or new, by a family's declarations.
 *
 * @throws ConfigError that names file and key
 */
export function readConfig(raw: JsonObject, family: FamilyDefinition, file: string): ConfigParts {
  const fields = readFields(withNewDType(raw), family, file);
  const rope = readRope(raw, family.rope, file);
  const consumed = consumedKeys(fields, family);
  const rest = Object.entries(raw).filter(([key]) => !consumed.has(key));
  return Object.freeze({
    fields,
    labels: readLabels(raw, file),
    rope,
    traits: resolveTraits(family, fields.values, rope, file),
    generation: Object.freeze(Object.fromEntries(rest.filter(([key]) => isGenerationKey(key)))),
    unknown: Object.freeze(Object.fromEntries(rest.filter(([key]) => !isGenerationKey(key)))),
    warnings: Object.freeze([...rope.warnings, ...tokenWarnings(fields.values, file)]),
  });
}

/** PyTorch's other names of the element types. */
const dtypeAliases: Readonly<Record<string, string>> = { float: "float32", double: "float64", half: "float16" };

/** `dtype` wins over its old name `torch_dtype`; a `torch.` in front is dropped. */
function withNewDType(raw: JsonObject): JsonObject {
  const given = raw.dtype ?? raw.torch_dtype ?? null;
  if (typeof given !== "string") return { ...raw, dtype: given };
  const name = given.replace(/^torch\./, "");
  return { ...raw, dtype: Object.hasOwn(dtypeAliases, name) ? (dtypeAliases[name] ?? name) : name };
}

function consumedKeys({ values }: Fields, { rope }: FamilyDefinition): ReadonlySet<string> {
  const sections = rope.byLayerType === undefined ? [rope] : Object.values(rope.byLayerType);
  return new Set([
    ...Object.keys(values),
    ...sections.map(({ oldThetaKey }) => oldThetaKey ?? "rope_theta"),
    ...["model_type", "torch_dtype", "id2label", "label2id", "num_labels"],
    ...["rope_parameters", "rope_scaling", "partial_rotary_factor"],
  ]);
}

/** Ids outside the vocabulary are common in published files (−1 for none), so they are no error. */
function tokenWarnings(values: JsonObject, file: string): string[] {
  const size = values.vocab_size as number;
  const isOutside = (id: JsonValue): boolean => typeof id === "number" && (id < 0 || id >= size);
  return Object.entries(values)
    .filter(([key, value]) => key.endsWith("_token_id") && [value].flat().some(isOutside))
    .map(([key, value]) => `${file} ${key}: ${JSON.stringify(value)} is outside the vocabulary of ${size}`);
}
