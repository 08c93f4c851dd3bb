import { DataError } from "../errors.ts";
import type { Dataset } from "../tasks/task.ts";
import { filesOfConfig, filesOfSplit, type SplitQuestion } from "./choose-split.ts";
import type { DataSource } from "./data-source.ts";
import { datasetFolders, placesOf, type DatasetFolder } from "./dataset-folder.ts";
import { labelListOf, labelsMisfit, readLabels } from "./label-list.ts";
import { originalRows } from "./original-rows.ts";
import { languagesOf, parallelRows } from "./parallel-rows.ts";
import { Reading, type Row } from "./reading.ts";
import { readRows } from "./row-format.ts";
import { splitFile, type SplitFile } from "./split-files.ts";

/** Of those that a message lists. */
const MOST_NAMES = 8;

/** A split of a dataset, found in a source. */
export interface DatasetSplit {
  /** The repository that it is of: the dataset's, or one of its mirrors. */
  readonly repo: string;
  /** Paths in the source, in the order in which they are read. */
  readonly files: readonly string[];
  /** All rows from the first on; each call reads the files anew. @throws DataError with the file and the row */
  readonly rows: () => AsyncGenerator<Reading, void>;
}

/**
 * Finds a split in a source: a user's folder in any layout of the hub, of its cache, or of the dataset's first publication;
 * a repository of the hub; files in memory. Reads no rows yet.
 *
 * @param split as the dataset names it; `validation` may be called `valid`, `val` or `dev` in the source
 * @throws DataError where it is not there, which names the folders and files that were looked for, and what is there instead
 * @example
 * ```ts
 * const test = await openDataset(task.dataset, "test", await folderData("./data"));
 * for await (const row of test.rows()) console.log(row.string("question"));
 * ```
 */
export async function openDataset(dataset: Dataset, split: string, source: DataSource): Promise<DatasetSplit> {
  const seen: { readonly folder: DatasetFolder; readonly question: SplitQuestion }[] = [];
  for (const repo of [dataset.repo, ...(dataset.mirrors ?? [])]) {
    if (source.repo !== undefined && source.repo !== repo) continue;
    for (const folder of await datasetFolders(repo, source)) {
      const found = findSplit({ ...dataset, repo }, split, folder, source);
      if ("rows" in found) return found;
      seen.push({ folder, question: found });
    }
  }
  throw notFound(dataset, split, source, seen);
}

/** The split, or what was there to choose from. */
function findSplit(
  dataset: Dataset,
  split: string,
  folder: DatasetFolder,
  source: DataSource,
): DatasetSplit | SplitQuestion {
  const { repo, config } = dataset;
  const name = repo.split("/")[1] ?? "";
  const files = folder.files.flatMap((path) => splitFile(path, name) ?? []);
  const question: SplitQuestion = { dataset, split, config, files };
  const place: Place = { name, folder, source };
  const inSource = (path: string): string => pathIn(place, path);
  const chosen = filesOfSplit(question);
  if (chosen.length > 0)
    return {
      repo,
      files: chosen.map(({ path }) => inSource(path)),
      rows: () => rowsOf(chosen, place),
    };
  const known = new Set(files.flatMap((file) => file.config ?? []));
  const languages = config === undefined ? null : languagesOf(config, [...known].sort());
  const tables = (languages ?? []).map((language) => filesOfSplit({ ...question, config: language }));
  if (tables.length === 0 || tables.some((table) => table.length === 0)) return question;
  const paths = tables.flat().map(({ path }) => inSource(path));
  return {
    repo,
    files: paths,
    rows: async function* () {
      const rows = new Map<string, readonly Row[]>();
      for (const [i, language] of (languages ?? []).entries()) {
        const all: Row[] = [];
        for await (const { row } of rowsOf(tables[i] ?? [], place)) all.push(row);
        rows.set(language, all);
      }
      const subject = `${repo}, split ${split}`;
      for (const [i, row] of parallelRows(rows, subject).entries()) yield new Reading(row, `${subject}, row ${i + 1}`);
    },
  };
}

interface Place {
  /** Of the dataset, without its owner. */
  readonly name: string;
  readonly folder: DatasetFolder;
  readonly source: DataSource;
}

const pathIn = ({ folder }: Place, path: string): string => (folder.path === "" ? path : `${folder.path}/${path}`);

async function* rowsOf(files: readonly SplitFile[], place: Place): AsyncGenerator<Reading, void> {
  const { name, folder, source } = place;
  for (const file of files) {
    const path = pathIn(place, file.path);
    const list = labelListOf(file.stem);
    const listPath = pathIn(place, list);
    const labels = folder.files.includes(list) ? await readLabels(await source.open(listPath), listPath) : null;
    const { adapt, ...options } = originalRows(name, file);
    let number = 0;
    for await (const row of readRows(await source.open(path), path, options)) {
      const label = labels?.[number];
      number += 1;
      if (labels !== null && label === undefined) throw labelsMisfit(listPath, labels.length, number);
      const subject = `${path}, row ${number}`;
      yield new Reading(adapt(label === undefined ? row : { ...row, label }, subject), subject);
    }
    if (labels !== null && labels.length > number) throw labelsMisfit(listPath, labels.length, number);
    if (number === 0) throw new DataError(path, "has no rows; download it again");
  }
}

/** One line with what was looked for and what is there. */
function notFound(
  dataset: Dataset,
  split: string,
  source: DataSource,
  seen: readonly { readonly folder: DatasetFolder; readonly question: SplitQuestion }[],
): DataError {
  const { repo, config } = dataset;
  const isArrow = seen.some(({ folder: { files } }) => files.some((path) => path.endsWith(".arrow")));
  const mend = isArrow
    ? "its .arrow files are not read here; write them as Parquet, in Python: dataset.to_parquet(path)"
    : "download it (--download), or name the folder that holds it";
  // A folder that has files of the dataset, and not only of others.
  const near =
    seen.find(({ folder, question }) => folder.path !== "" && question.files.length > 0) ??
    seen.find(({ question }) => source.repo !== undefined || filesOfConfig(question).length > 0);
  if (near === undefined) {
    const places = [repo, ...(dataset.mirrors ?? [])].flatMap((name) => placesOf(name));
    return new DataError(
      repo,
      `is not in ${source.location}; looked for the folders ${places.join(", ")}, and for ${patternsOf(config, split)} in ${source.location} itself; ${mend}`,
      { looked: places, split, config },
    );
  }
  const { folder, question } = near;
  const place = folder.path === "" ? source.location : `${source.location}/${folder.path}`;
  const ofConfig = filesOfConfig(question);
  if (ofConfig.length === 0) {
    const configs = question.files.flatMap((file) => file.config ?? []);
    const others =
      question.files.length === 0 ? "and no data at all" : `only ${quoted(configs) || "files without one"}`;
    const wanted = config === undefined ? "files without a configuration" : `configuration "${config}"`;
    return new DataError(
      repo,
      `has no ${wanted} in ${place}, ${others}; looked for ${patternsOf(config, split)}; ${mend}`,
      { expected: config, given: [...new Set(configs)] },
    );
  }
  const splits = ofConfig.map((file) => file.split);
  return new DataError(
    repo,
    `has no split "${split}"${config === undefined ? "" : ` of "${config}"`} in ${place}, only ${quoted(splits)}; looked for ${patternsOf(config, split)}; ${mend}`,
    { expected: split, given: [...new Set(splits)] },
  );
}

const quoted = (names: Iterable<string>): string => {
  const all = [...new Set(names)].sort().map((name) => `"${name}"`);
  return all.length > MOST_NAMES
    ? `${all.slice(0, MOST_NAMES).join(", ")} and ${all.length - MOST_NAMES} more`
    : all.join(", ");
};

/** The most usual of the names that a split's files have. */
function patternsOf(config: string | undefined, split: string): string {
  const folder = config ?? "data";
  return `${folder}/${split}-00000-of-….parquet, ${folder}/${split}/0000.parquet, ${folder}/${split}.jsonl (.json, .csv, .gz, .zst)`;
}
