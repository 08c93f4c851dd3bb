import type { AsyncBuffer, FileMetaData, SchemaTree } from "hyparquet";
import { ByteSourceError, type ByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import type { Row } from "./reading.ts";

/** "PAR1", at the start and the end of a file. */
const MAGIC = 0x31524150;

/** Every character that is there: a decoder's default drops U+FEFF from the start of each value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The rows of a Parquet file, one row group after the other, with the values that JSON would have: whole numbers as
 * numbers, dates and times in ISO form, lists and structs nested. Reads only the ranges that it needs.
 *
 * @param file for messages
 * @throws DataError for a file that is cut off, damaged or no Parquet file
 */
export async function* readParquet(source: ByteSource, file: string): AsyncGenerator<Row> {
  await checkMarks(source, file);
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const buffer = rangesOf(source);
  const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && decoder.decode(bytes) };
  let metadata: FileMetaData;
  try {
    metadata = await parquetMetadataAsync(buffer, { parsers });
    checkColumns(metadata, parquetSchema(metadata));
  } catch (cause) {
    throw damaged(file, "its footer cannot be read", cause);
  }
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: readonly Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({ file: buffer, metadata, compressors, parsers, rowStart, rowEnd });
    } catch (cause) {
      throw damaged(`${file}, rows ${rowStart + 1} to ${rowEnd}`, "they cannot be read", cause);
    }
    if (rows.length !== rowEnd - rowStart)
      throw damaged(`${file}, rows ${rowStart + 1} to ${rowEnd}`, `only ${rows.length} of them are there`);
    for (const row of rows) yield toJson(row) as Row;
    rowStart = rowEnd;
  }
}

function rangesOf(source: ByteSource): AsyncBuffer {
  const range = async (start: number, end: number): Promise<ArrayBuffer> => {
    if (!(start >= 0 && start <= end && end <= source.size))
      throw new Error(`it names bytes ${start} to ${end} of ${source.size}`);
    const { buffer, byteOffset, byteLength } = await source.read(start, end - start);
    return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  };
  return {
    byteLength: source.size,
    slice: (start, end = source.size) => {
      const bytes = range(start, end);
      // The reader may fail elsewhere before it waits for this; who waits hears of it all the same.
      bytes.catch(() => undefined);
      return bytes;
    },
  };
}

/**
 * Each row group must have the columns of the schema. The reader would leave behind what it began to read of others, and
 * what fails there would have nobody to catch it.
 */
function checkColumns({ row_groups: groups }: FileMetaData, schema: SchemaTree): void {
  const leaves = (tree: SchemaTree): readonly string[] =>
    tree.children.length === 0 ? [JSON.stringify(tree.path)] : tree.children.flatMap(leaves);
  const expected = leaves(schema).join();
  for (const { columns } of groups)
    if (columns.map((column) => JSON.stringify(column.meta_data?.path_in_schema)).join() !== expected)
      throw new Error("its columns are not those of its schema");
}

/** Most that goes wrong with files of the hub shows at their ends. */
async function checkMarks(source: ByteSource, file: string): Promise<void> {
  const mark = async (at: number): Promise<number> =>
    new DataView((await source.read(at, 4)).buffer).getUint32(0, true);
  if (source.size >= 12 && (await mark(0)) === MAGIC) {
    if ((await mark(source.size - 4)) === MAGIC) return;
    throw damaged(file, `its ${source.size} bytes have no footer`);
  }
  const start = new TextDecoder().decode(await source.read(0, Math.min(source.size, 40)));
  if (start.startsWith("version https://git-lfs"))
    throw new DataError(file, "is only a pointer of Git LFS to the data; fetch the data: git lfs pull");
  throw new DataError(file, `is no Parquet file: it has ${source.size} bytes and no mark; download it again`);
}

function damaged(place: string, problem: string, cause?: unknown): DataError {
  // What the disk says about itself is not the file's fault.
  const isRead = cause instanceof ByteSourceError;
  const reason = cause instanceof Error ? ` (${cause.message})` : "";
  return new DataError(
    place,
    `${isRead ? "cannot be read" : "is cut off or damaged"}: ${problem}${reason}; download the file again`,
    {},
    { cause },
  );
}

/** Makes a value what JSON has of it, in place: without bigints, dates and typed arrays; what is not there is null. */
function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object") return value;
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, toJson);
  const held = value as Record<string, unknown>;
  for (const name of Object.keys(held)) {
    const one = held[name];
    if (typeof one !== "string" && typeof one !== "number") held[name] = toJson(one);
  }
  return held;
}
