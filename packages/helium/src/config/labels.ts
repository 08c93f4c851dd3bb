import { ConfigError } from "../errors.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";

export interface Labels {
  /** Class index → name. */
  readonly id2label: Readonly<Record<number, string>>;
  /** Name → class index. */
  readonly label2id: Readonly<Record<string, number>>;
  readonly numLabels: number;
}

/** Labels are names in memory: a head of a million classes is a mistake in the file. */
const maxLabels = 100_000;

/**
 * Labels from `id2label`, or the inverse of `label2id`, and `num_labels`. A `num_labels` that differs from the number of names wins and
 * names are made anew: LABEL_0, LABEL_1, … Without any key there are two of these.
 *
 * @throws ConfigError for a value that is not an object, a key of id2label that is not a class index, a bad num_labels
 */
export function readLabels(raw: JsonObject, file: string): Labels {
  const count = readCount(raw.num_labels, file);
  const names = readObject(raw, "id2label", file);
  const ids = readObject(raw, "label2id", file);
  const given = ids === undefined ? undefined : readIds(ids, file);
  const named = names === undefined ? given && readNames(namesById(given), file) : readNames(names, file);
  const found = named === undefined ? 2 : Object.keys(named).length;
  if (named === undefined || (count !== undefined && count !== found)) return generated(count ?? found);
  return Object.freeze({
    id2label: named,
    label2id: given ?? idsByName(named),
    numLabels: found,
  });
}

/** Whether these are the two names of the base class, which are not written. */
export const areDefaultLabels = ({ id2label, label2id }: Labels): boolean =>
  Object.keys(id2label).length === 2 &&
  [0, 1].every((id) => id2label[id] === `LABEL_${id}` && label2id[`LABEL_${id}`] === id);

function generated(count: number): Labels {
  const names = Array.from({ length: count }, (_, id) => [id, `LABEL_${id}`] as const);
  const id2label = Object.freeze(Object.fromEntries(names));
  return Object.freeze({ id2label, label2id: idsByName(id2label), numLabels: count });
}

const idsByName = (id2label: Readonly<Record<number, string>>): Readonly<Record<string, number>> =>
  Object.freeze(Object.fromEntries(Object.entries(id2label).map(([id, name]) => [name, Number(id)])));

const namesById = (label2id: Readonly<Record<string, number>>): JsonObject =>
  Object.freeze(Object.fromEntries(Object.entries(label2id).map(([name, id]) => [String(id), name])));

function readCount(given: JsonValue | undefined, file: string): number | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "number" && Number.isInteger(given) && given >= 1 && given <= maxLabels) return given;
  throw new ConfigError({
    file,
    key: "num_labels",
    given,
    expected: `a whole number in [1, ${maxLabels}]`,
    mend: "correct the value, or leave it out and give id2label",
  });
}

function readObject(raw: JsonObject, key: "id2label" | "label2id", file: string): JsonObject | undefined {
  const given = raw[key];
  if (given === undefined || given === null) return undefined;
  if (isJsonObject(given) && Object.keys(given).length > 0 && Object.keys(given).length <= maxLabels) return given;
  throw new ConfigError({
    file,
    key,
    given,
    expected: "an object with an entry for each class",
    mend: 'write it as {"0": "name", …} (id2label) or {"name": 0, …} (label2id), or leave it out',
  });
}

function readNames(names: JsonObject, file: string): Readonly<Record<number, string>> {
  for (const [id, name] of Object.entries(names)) {
    if (/^(0|[1-9]\d{0,8})$/.test(id) && typeof name === "string") continue;
    throw new ConfigError({
      file,
      key: `id2label.${id}`,
      given: name,
      expected: "a name under a class index",
      mend: "use whole numbers as keys and strings as values",
    });
  }
  return names as Readonly<Record<number, string>>;
}

function readIds(ids: JsonObject, file: string): Readonly<Record<string, number>> {
  for (const [name, id] of Object.entries(ids)) {
    if (typeof id === "number" && Number.isInteger(id)) continue;
    throw new ConfigError({
      file,
      key: `label2id.${name}`,
      given: id,
      expected: "a class index",
      mend: "use whole numbers as values, or leave label2id out",
    });
  }
  return ids as Readonly<Record<string, number>>;
}
