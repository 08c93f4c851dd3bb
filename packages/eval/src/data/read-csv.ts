import { DataError } from "../errors.ts";
import { CsvProblem, csvRecords } from "./csv-records.ts";
import type { Row } from "./reading.ts";

/** Names of the columns of a file whose first line has none. */
export type CsvHeader = readonly string[] | "first line";

/**
 * The rows of a table in csv, all values strings.
 *
 * @param file for messages
 * @throws DataError for a quote that is not closed, and for a row with more or fewer values than the header
 */
export function* readCsv(text: string, header: CsvHeader, file: string): Generator<Row> {
  const hasNames = header === "first line";
  let columns = hasNames ? null : header;
  let row = 0;
  try {
    for (const values of csvRecords(text)) {
      if (columns === null) {
        columns = values;
        continue;
      }
      row += 1;
      if (values.length !== columns.length)
        throw new DataError(
          `${file}, row ${row}`,
          `has ${values.length} values, must have ${columns.length} (${columns.join(", ")}); correct the row, or download the file again`,
          { given: values.length, expected: columns.length },
        );
      yield Object.fromEntries(columns.map((column, i) => [column, values[i]]));
    }
  } catch (cause) {
    if (!(cause instanceof CsvProblem)) throw cause;
    const number = cause.record - (hasNames ? 1 : 0);
    throw new DataError(
      number === 0 ? file : `${file}, row ${number}`,
      `is cut off or damaged: ${cause.message}, on line ${cause.line}; correct the line, or download the file again`,
      { line: cause.line },
      { cause },
    );
  }
}
