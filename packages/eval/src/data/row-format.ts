import type { ByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import { wholeContent, type Compression } from "./byte-chunks.ts";
import { readCsv, type CsvHeader } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readParquet } from "./read-parquet.ts";
import type { Row } from "./reading.ts";
import { textLines, type TextLine } from "./text-lines.ts";

/** How a file of rows is written. Those of text have one column, `text`, and a row a line. */
export type RowFormat = "parquet" | "jsonl" | "json" | "csv" | "text";

const formatOfEnding: ReadonlyMap<string, RowFormat> = new Map([
  ["parquet", "parquet"],
  ["jsonl", "jsonl"],
  ["ndjson", "jsonl"],
  ["json", "json"],
  ["csv", "csv"],
  ["txt", "text"],
  // One sentence a line, as in FLORES.
  ["dev", "text"],
  ["devtest", "text"],
]);

const compressionOfEnding: ReadonlyMap<string, Compression> = new Map([
  ["gz", "gzip"],
  ["zst", "zstd"],
]);

/** What the name of a file says about its content. */
export interface FileKind {
  /** The path without its endings. */
  readonly stem: string;
  /** Such as `jsonl`. */
  readonly ending: string;
  readonly format: RowFormat;
  readonly compression: Compression;
}

/** Null for a file that is none of rows. */
export function fileKind(path: string): FileKind | null {
  const names = path.split("/");
  const parts = (names.pop() ?? "").split(".");
  const packing = compressionOfEnding.get(parts.at(-1)?.toLowerCase() ?? "");
  if (packing !== undefined) parts.pop();
  const ending = parts.length > 1 ? (parts.pop() ?? "") : "";
  const format = formatOfEnding.get(ending.toLowerCase());
  if (format === undefined) return null;
  return { stem: [...names, parts.join(".")].join("/"), ending, format, compression: packing ?? "none" };
}

export interface RowOptions {
  /** Columns of a csv whose first line has no names. */
  readonly csvHeader?: CsvHeader;
}

/**
 * The rows of a file of any known format, by its name's ending: `.parquet`, `.jsonl`, `.json`, `.csv`, `.txt`, each also as
 * `.gz` and `.zst`. Closes the source.
 *
 * @param file for messages, and for the format
 * @throws DataError for another ending, and for a file that cannot be read, with the row where there is one
 */
export async function* readRows(
  source: ByteSource,
  file = source.name,
  { csvHeader = "first line" }: RowOptions = {},
): AsyncGenerator<Row> {
  try {
    const kind = fileKind(file);
    if (kind === null)
      throw new DataError(
        file,
        `has no known ending; rows are read from .${[...formatOfEnding.keys()].join(", .")}, also with .gz or .zst`,
      );
    const { format, compression } = kind;
    const lines = (): AsyncGenerator<TextLine> => textLines(source, compression, file);
    if (format === "parquet") {
      if (compression !== "none")
        throw new DataError(file, "is a packed Parquet file, which cannot be read in ranges; unpack it first");
      yield* readParquet(source, file);
    } else if (format === "jsonl") yield* readJsonl(lines(), file);
    else if (format === "json") yield* readJson(lines(), file);
    else if (format === "csv") yield* readCsv(await wholeText(source, compression, file), csvHeader, file);
    else for await (const { text } of lines()) yield { text };
  } finally {
    await source.close();
  }
}

async function wholeText(source: ByteSource, compression: Compression, file: string): Promise<string> {
  const bytes = await wholeContent(source, compression, file);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DataError(
      file,
      "holds bytes that are no UTF-8; save the file as UTF-8, or download it again",
      {},
      { cause },
    );
  }
}
