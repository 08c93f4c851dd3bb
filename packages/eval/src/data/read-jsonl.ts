import { DataError } from "../errors.ts";
import type { Row } from "./reading.ts";
import type { TextLine } from "./text-lines.ts";

/**
 * The object of each line; empty lines are passed over.
 *
 * @param file for messages
 * @throws DataError for a line that is no JSON object, with its row
 */
export async function* readJsonl(lines: AsyncIterable<TextLine>, file: string): AsyncGenerator<Row> {
  let row = 0;
  for await (const { text, isEnded } of lines) {
    if (text.trim() === "") continue;
    row += 1;
    yield parsedRow(text, `${file}, row ${row}`, isEnded);
  }
}

function parsedRow(text: string, place: string, isEnded: boolean): Row {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const problem = isEnded
      ? `is no JSON (${(cause as Error).message}); correct the line, or download the file again`
      : "is cut off in the middle of its line; download the file again";
    throw new DataError(place, problem, {}, { cause });
  }
  if (isRow(value)) return value;
  throw new DataError(place, `must be a JSON object, given ${text.slice(0, 60)}; correct the line`, { given: value });
}

/** Whether a value has columns. */
export const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);
