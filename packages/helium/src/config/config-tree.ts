import { baseKind } from "./check-field.ts";
import { baseDefaults, type FieldKind } from "./fields.ts";
import { isGenerationFloat } from "../generation/options/config-keys.ts";
import { JsonFloat, type JsonTree } from "./json-text.ts";
import type { JsonValue } from "./json-value.ts";
import { areDefaultLabels } from "./labels.ts";
import type { ConfigParts } from "./read-config.ts";
import { ropeTree } from "./rope-parameters.ts";

/**
 * A config as it is written: the family's own keys, of the base class what differs from its default, generation
 * defaults and unknown keys as they came. Float-typed numbers are marked.
 */
export function configTree(modelType: string, parts: ConfigParts): { readonly [key: string]: JsonTree } {
  const { fields, labels, rope, generation, unknown } = parts;
  const { values, kinds, stored } = fields;
  const written = Object.entries(values).filter(([key, value]) => stored.includes(key) || differsFromBase(key, value));
  const sections = Object.entries(rope.sections).map(([name, section]) => [name, ropeTree(section)] as const);
  return {
    ...unknown,
    ...marked(Object.entries(generation), isGenerationFloat),
    ...marked(written, (key) => isFloatKind(kinds[key])),
    ...(areDefaultLabels(labels) ? {} : { id2label: labels.id2label, label2id: labels.label2id }),
    rope_parameters: rope.byLayerType ? Object.fromEntries(sections) : (sections[0]?.[1] ?? {}),
    model_type: modelType,
  };
}

const differsFromBase = (key: string, value: JsonValue): boolean =>
  Object.hasOwn(baseDefaults, key) && value !== baseDefaults[key as keyof typeof baseDefaults];

const isFloatKind = (kind: FieldKind | undefined): boolean =>
  kind !== undefined && ["positive", "number", "fraction"].includes(baseKind(kind));

const marked = (
  entries: readonly (readonly [string, JsonValue])[],
  isFloat: (key: string) => boolean,
): { readonly [key: string]: JsonTree } =>
  Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === "number" && isFloat(key) ? new JsonFloat(value) : value]),
  );
