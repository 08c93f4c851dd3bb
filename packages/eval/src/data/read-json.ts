import { DataError } from "../errors.ts";
import { isRow, readJsonl } from "./read-jsonl.ts";
import type { Row } from "./reading.ts";
import type { TextLine } from "./text-lines.ts";

/**
 * The rows of a JSON file: a list of objects, an object that holds such a list, or, as Okapi's files are in spite of their
 * name, an object a line.
 *
 * @param file for messages
 * @throws DataError where there is no such list
 */
export async function* readJson(lines: AsyncIterable<TextLine>, file: string): AsyncGenerator<Row> {
  const all: TextLine[] = [];
  for await (const line of lines) all.push(line);
  if (isJsonl(all)) {
    yield* readJsonl(each(all), file);
    return;
  }
  let value: unknown;
  try {
    value = JSON.parse(all.map(({ text }) => text).join("\n"));
  } catch (cause) {
    throw new DataError(
      file,
      `is cut off or damaged: it is no JSON to its end (${(cause as Error).message}); download it again`,
      {},
      { cause },
    );
  }
  const rows = listIn(value);
  if (rows === undefined)
    throw new DataError(file, "holds no list of objects; give the rows as a JSON list, or an object a line");
  for (const [index, row] of rows.entries()) {
    if (!isRow(row))
      throw new DataError(
        `${file}, row ${index + 1}`,
        `must be a JSON object, given ${JSON.stringify(row).slice(0, 60)}; correct it`,
      );
    yield row;
  }
}

/** Whether the first line with text is an object of its own, and not all of the file. */
function isJsonl(lines: readonly TextLine[]): boolean {
  const [first, second] = lines.filter(({ text }) => text.trim() !== "");
  if (first === undefined || second === undefined) return false;
  try {
    return isRow(JSON.parse(first.text));
  } catch {
    return false;
  }
}

async function* each(lines: readonly TextLine[]): AsyncGenerator<TextLine> {
  yield* lines;
}

/** A list, or the only one that an object holds. */
function listIn(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  const lists = isRow(value) ? Object.values(value).filter((held): held is unknown[] => Array.isArray(held)) : [];
  return lists.length === 1 ? lists[0] : undefined;
}
