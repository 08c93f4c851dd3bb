import { DataError } from "../errors.ts";
import type { Row } from "./reading.ts";

/** Names of the columns of a file whose first line has none. */
export type CsvHeader = readonly string[] | "first line";

/**
 * The rows of a table whose values commas part (RFC 4180), all of them strings.
 *
 * @param file for messages
 * @throws DataError for a quote that is not closed, and for a row with more or fewer values than the header
 */
export async function* readCsv(text: string, header: CsvHeader, file: string): AsyncGenerator<Row> {
  // The build for pages works everywhere.
  const { parse, CsvError } = await import("csv-parse/browser/esm/sync");
  try {
    const columns = header === "first line" ? true : [...header];
    yield* parse<Row>(text, { columns, bom: true, skip_empty_lines: true });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { records, lines } = cause as unknown as { readonly records?: number; readonly lines?: number };
    const place = records === undefined ? file : `${file}, row ${records + 1}`;
    const isOpen = cause.code === "CSV_QUOTE_NOT_CLOSED";
    const problem = isOpen ? "is cut off: a quoted value has no end" : `line ${lines} is no row of the table`;
    throw new DataError(
      place,
      `${problem} (${cause.message}); correct the line, or download the file again`,
      {},
      {
        cause,
      },
    );
  }
}
