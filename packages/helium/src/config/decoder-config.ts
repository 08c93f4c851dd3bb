import { camelCase } from "../camel-case.ts";
import { familyOf } from "../families/index.ts";
import { ConfigError } from "../errors.ts";
import { configTree } from "./config-tree.ts";
import type { ConfigFields } from "./fields.ts";
import { isJsonObject, jsonSnapshot, type JsonObject, type JsonValue } from "./json-value.ts";
import { parseJson, toPlainJson, writeJson } from "./json-text.ts";
import type { DecoderTraits } from "./traits.ts";
import type { Labels } from "./labels.ts";
import { readConfig, type ConfigParts } from "./read-config.ts";
import { asRopeParameters, type ConfigRopeParameters } from "./rope-parameters.ts";
import { toJsonSpelling } from "./spelling.ts";

/** Known keys, camel-cased or as in JSON, and any others. */
export type DecoderConfigInit = Partial<ConfigFields> & {
  /** Default `helium`. */
  readonly modelType?: string;
  /** Wins over the number of names in `id2label`. */
  readonly numLabels?: number;
  readonly id2label?: Readonly<Record<number, string>>;
  readonly label2id?: Readonly<Record<string, number>>;
  readonly ropeParameters?: Readonly<Record<string, unknown>> | ConfigRopeParameters | null;
} & Readonly<Record<string, unknown>>;

/** Holds the known keys as properties; which these are, and their types, is the table in `fields.ts`. */
const KnownFields = class {
  constructor(fields: ConfigFields) {
    Object.assign(this, fields);
  }
} as new (fields: ConfigFields) => ConfigFields;

/**
 * The config of a decoder: every key of a Hugging Face `config.json`, camel-cased, with the defaults of its family, and
 * the traits that the decoder block reads. Immutable.
 */
export class DecoderConfig extends KnownFields {
  readonly modelType: string;
  readonly id2label: Labels["id2label"];
  readonly label2id: Labels["label2id"];
  readonly ropeParameters: ConfigRopeParameters;
  /** What the decoder block reads. */
  readonly traits: DecoderTraits;
  /** Keys no reader knows, as spelt; they are written back on save. */
  readonly unknownKeys: JsonObject;
  /** Generation defaults that old checkpoints keep in config.json, camel-cased. */
  readonly generationDefaults: JsonObject;
  /** Oddities that stop nothing: keys that a rotary type does not read, token ids outside the vocabulary. */
  readonly warnings: readonly string[];
  readonly #parts: ConfigParts;

  /**
   * @param init camel-cased or JSON spelling; what is left out gets the family's default
   * @param options `fileName` marks `init` as the content of that file: only JSON spelling counts, `model_type` is a must
   * @throws ConfigError for an unknown model type, a value of the wrong type, or sizes that do not fit together
   */
  constructor(init: DecoderConfigInit = {}, options: { readonly fileName?: string } = {}) {
    const file = options.fileName ?? "HeliumConfig";
    const snapshot = jsonSnapshot(init, file);
    if (!isJsonObject(snapshot)) {
      throw new ConfigError({ file, given: snapshot, expected: "an object", mend: "give a config.json's content" });
    }
    const given =
      options.fileName === undefined ? (snapshot.model_type ?? snapshot.modelType ?? "helium") : snapshot.model_type;
    const family = familyOf(given, file);
    const raw = options.fileName === undefined ? toJsonSpelling(snapshot, Object.keys(family.fields), file) : snapshot;
    const parts = readConfig(raw, family, file);
    super(camelCased(parts.fields.values) as unknown as ConfigFields);
    const { labels, rope } = parts;
    const sets = Object.entries(rope.sections).map(([name, section]) => [name, asRopeParameters(section)] as const);
    this.modelType = family.modelType;
    this.id2label = labels.id2label;
    this.label2id = labels.label2id;
    this.ropeParameters = (
      rope.byLayerType ? Object.freeze(Object.fromEntries(sets)) : sets[0]?.[1]
    ) as ConfigRopeParameters;
    this.traits = parts.traits;
    this.unknownKeys = parts.unknown;
    this.generationDefaults = Object.freeze(camelCased(parts.generation));
    this.warnings = parts.warnings;
    this.#parts = parts;
    Object.freeze(this);
  }

  /**
   * Reads a config.json: its text (bare `NaN` and `Infinity` included) or the parsed object. `model_type` picks the
   * family; old and new spellings give equal configs.
   *
   * @throws ConfigError that names file and key
   */
  static fromJSON(source: string | object, options: { readonly fileName?: string } = {}): DecoderConfig {
    const fileName = options.fileName ?? "config.json";
    const value = typeof source === "string" ? parseJson(source, fileName) : source;
    return new DecoderConfig(value as DecoderConfigInit, { fileName });
  }

  /**
   * A config with some keys changed; undefined drops a key, so that its default counts again. Values that the family
   * derives from others, such as `layerTypes`, are derived anew unless they were given.
   *
   * @throws ConfigError as the constructor
   */
  with(changes: DecoderConfigInit): DecoderConfig {
    const file = "HeliumConfig.with";
    const entries = Object.entries(changes);
    const set = jsonSnapshot(Object.fromEntries(entries), file) as JsonObject;
    const dropped = Object.fromEntries(entries.filter(([, value]) => value === undefined).map(([key]) => [key, null]));
    const { fields } = this.#parts;
    const renamed = toJsonSpelling(set, Object.keys(fields.values), file);
    const stale = new Set([
      ...Object.keys(toJsonSpelling(dropped, Object.keys(fields.values), file)),
      ...fields.stored.filter((key) => !fields.given.includes(key)),
      ...("id2label" in renamed ? ["label2id"] : []),
    ]);
    const kept = Object.entries(this.toJSON()).filter(([key]) => !stale.has(key));
    return new DecoderConfig({ ...Object.fromEntries(kept), ...renamed }, { fileName: file });
  }

  /** Number of classes of the classification heads. */
  get numLabels(): number {
    return this.#parts.labels.numLabels;
  }

  /** The value of a key by its JSON spelling, unknown ones and those of families added at run time included. */
  get(key: string): JsonValue | undefined {
    const { fields, unknown } = this.#parts;
    return [fields.values, unknown].find((values) => Object.hasOwn(values, key))?.[key];
  }

  /** The config as a config.json holds it, in the new spelling. */
  toJSON(): JsonObject {
    return toPlainJson(configTree(this.modelType, this.#parts)) as JsonObject;
  }

  /**
   * The text of a config.json, as transformers 5 writes it: sorted keys, two spaces, newline at the end; of the base
   * class only what differs from its default; unknown keys as they came.
   */
  toJSONString(): string {
    return writeJson(configTree(this.modelType, this.#parts));
  }
}

const camelCased = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [camelCase(key), value]));
