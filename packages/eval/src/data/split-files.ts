import { fileKind, type FileKind } from "./row-format.ts";

/** What a file of a dataset holds, as its path says. */
export interface SplitFile extends FileKind {
  /** Below the dataset's folder. */
  readonly path: string;
  /** Configuration (subset); null: the path names none. */
  readonly config: string | null;
  /** As the path calls it: `val`, `dev`, … */
  readonly split: string;
  /** Which part of how many, from 0: `train-00000-of-00002`. */
  readonly part: { readonly index: number; readonly count: number } | null;
}

const splitName = "train|training|auxiliary_train|validation|valid|val|dev|devtest|test";
/**
 * `test`, `test-00000-of-00001`, `train-00000-of-00001-da17dfc1120ed1ee`; behind a name: `de_test`, `piqa_validation`,
 * `NQ-open.dev`, `mmlu-train-00000-of-00002`
 */
const named = new RegExp(`^(?:(.+)[-_.])?(${splitName})(?:-(\\d+)-of-(\\d+)(?:-[0-9a-f]+)?)?$`, "i");
/** `train_xl`, `dev_rand_split`: a split, and which of several. */
const before = /^(train|dev)_(.+)$/i;
const wholeName = new RegExp(`^(?:${splitName})$`, "i");

/** Names that say nothing, of folders mostly; CommonsenseQA calls its usual split `rand_split`. */
const plainNames = new Set(["", "data", "default", "rand_split", "flores200_dataset", "flores101_dataset"]);

/**
 * Finds what a file holds, in the layouts that datasets come in: a snapshot of the hub (`data/test-00000-of-00001.parquet`,
 * `<config>/test-….parquet`), the hub's own conversion (`<config>/test/0000.parquet`), plain files (`<config>/test.jsonl`,
 * `de_test.json`), the archive of MMLU (`test/<config>_test.csv`), MMMLU (`test/mmlu_DE-DE.csv`), FLORES
 * (`devtest/<config>.devtest`), `NQ-open.dev.jsonl`, and a file that is called after its dataset.
 *
 * @param path below the dataset's folder
 * @param name of the dataset, without its owner
 * @returns null for a file that is none of rows, or whose split cannot be seen
 */
export function splitFile(path: string, name: string): SplitFile | null {
  const kind = fileKind(path);
  if (kind === null) return null;
  const folders = kind.stem.split("/");
  const stem = folders.pop() ?? "";
  const found = (config: readonly string[], split: string, part: SplitFile["part"] = null): SplitFile => {
    const words = config.filter(
      (word, i) => !plainNames.has(word.toLowerCase()) && !isSameName(word, config[i - 1] ?? ""),
    );
    return { ...kind, path, config: words.length === 0 ? null : words.join("/"), split: split.toLowerCase(), part };
  };
  const [, first = "", split, index, count] = named.exec(stem) ?? [];
  const part = count === undefined ? null : { index: Number(index), count: Number(count) };
  const at = folders.findLastIndex((folder) => wholeName.test(folder));
  const folder = folders[at];
  if (folder !== undefined && (split === undefined || first !== "")) {
    const around = folders.filter((_, i) => i !== at);
    // Parts by number, of which none says how many there are.
    if (/^(?:\d+|part-\d+.*)$/.test(stem)) return found(around, folder);
    return found([...around, unprefixed(split !== undefined && isSameName(split, folder) ? first : stem)], folder);
  }
  // The dataset's own name says nothing of a part of it.
  if (split !== undefined) return found(isSameName(first, name) ? folders : [...folders, first], split, part);
  const [, kept, subset] = before.exec(stem) ?? [];
  if (kept !== undefined && subset !== undefined) return found([...folders, subset], kept);
  // Without any split's name, all of it is the one split that there is.
  return isSameName(stem, name) ? found(folders, "train") : null;
}

/** `mmlu_DE-DE` of openai/MMMLU is the configuration DE_DE. */
const unprefixed = (name: string): string => name.replace(/^mmlu_(?=[A-Z]{2}-[A-Z]{2}$)/, "");

/** Whether names differ by their case and by what joins their words, at most. */
export function isSameName(name: string, other: string): boolean {
  const plainName = (text: string): string => text.toLowerCase().replaceAll("-", "_");
  return plainName(name) === plainName(other);
}
