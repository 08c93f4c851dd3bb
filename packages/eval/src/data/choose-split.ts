import { DataError } from "../errors.ts";
import type { Dataset } from "../tasks/task.ts";
import type { RowFormat } from "./row-format.ts";
import { isSameName, type SplitFile } from "./split-files.ts";

/** Other names of a split. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  train: ["training"],
  validation: ["valid", "val", "dev"],
  val: ["validation", "valid", "dev"],
};

/** Which is taken where a split is there in several formats. */
const preference: readonly RowFormat[] = ["parquet", "jsonl", "json", "csv", "text"];

/** Their one configuration, or the part that they are asked for, has files without its name too. */
const withoutConfig = new Set([
  "allenai/openbookqa",
  "allenai/winogrande",
  "apple/mkqa",
  "google-research-datasets/nq_open",
]);

/** What there is to choose from, and what for. */
export interface SplitQuestion {
  readonly dataset: Dataset;
  readonly split: string;
  readonly config: string | undefined;
  readonly files: readonly SplitFile[];
}

/** The files of a configuration, whatever their split. */
export function filesOfConfig({ dataset, config, files }: SplitQuestion): readonly SplitFile[] {
  const name = dataset.repo.split("/")[1] ?? "";
  const has = (accepts: (config: string | null) => boolean): readonly SplitFile[] =>
    files.filter((file) => accepts(file.config));
  if (config === undefined)
    return has((given) => given === null || isSameName(given, "plain_text") || isSameName(given, name));
  const exact = has((given) => given !== null && isSameName(given, config));
  if (exact.length > 0 || !withoutConfig.has(dataset.repo)) return exact;
  return has((given) => given === null || isSameName(`${name}_${given}`, config));
}

/**
 * The files of a split, in order; none where it is not there.
 *
 * @throws DataError for one of which a part is missing
 */
export function filesOfSplit(question: SplitQuestion): readonly SplitFile[] {
  const { dataset, split } = question;
  const files = filesOfConfig(question);
  const others = [dataset.trainingSplit, dataset.validationSplit, dataset.testSplit, dataset.fewShotSplit];
  const names = [split, ...(synonyms[split] ?? []).filter((name) => !others.includes(name))];
  for (const name of names) {
    const named = files.filter((file) => isSameName(file.split, name));
    const sets = [...new Set(named.map(setOf))].map((set) => named.filter((file) => setOf(file) === set));
    const [best] = sets.sort(([a], [b]) => rank(a) - rank(b));
    if (best !== undefined) return wholeSet(best);
  }
  return [];
}

const rank = (file: SplitFile | undefined): number => preference.indexOf(file?.format ?? "text");

/** The same for files that belong together: one may have a split in two formats, or in parts of two sizes. */
function setOf({ path, ending, compression, part }: SplitFile): string {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return [folder, ending, compression, part?.count ?? ""].join("|");
}

function wholeSet(files: readonly SplitFile[]): readonly SplitFile[] {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const [first] = sorted;
  if (!first?.part) return sorted;
  const { count } = first.part;
  const given = new Set(sorted.map(({ part }) => part?.index));
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !given.has(index));
  if (missing.length === 0) return sorted;
  throw new DataError(
    first.path,
    `is one of ${count} parts, of which ${missing.length} ${missing.length === 1 ? "is" : "are"} not here (the ${missing[0] === 0 ? "first" : `one with number ${missing[0]}`}); download the missing files into the same folder`,
    { expected: count, given: given.size },
  );
}
