import type * as Stream from "node:stream";
import type * as Zlib from "node:zlib";
import { ByteSourceError, type ByteSource } from "@helium-lm/nn";
import { isNode, nodeModule } from "@helium-lm/tensor";
import { DataError } from "../errors.ts";

/** How the bytes of a file are packed, by the end of its name. */
export type Compression = "none" | "gzip" | "zstd";

/** Bytes that are read at a time. */
const READ_BYTES = 2 ** 20;

/**
 * The content of a file, in pieces as it comes.
 *
 * @param place for messages
 * @throws DataError for a file that is cut off, or not packed as its name says
 */
export async function* byteChunks(
  source: ByteSource,
  compression: Compression,
  place: string,
): AsyncGenerator<Uint8Array> {
  if (compression === "gzip") yield* unpacked(source, place);
  else if (compression === "zstd") yield await zstdContent(source, place);
  else yield* plain(source);
}

/** All of it in one piece. */
export async function wholeContent(source: ByteSource, compression: Compression, place: string): Promise<Uint8Array> {
  if (compression === "none") return source.read(0, source.size);
  const chunks: Uint8Array[] = [];
  for await (const chunk of byteChunks(source, compression, place)) chunks.push(chunk);
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

async function* plain(source: ByteSource): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at < source.size; at += READ_BYTES)
    yield new Uint8Array(await source.read(at, Math.min(READ_BYTES, source.size - at)));
}

async function* unpacked(source: ByteSource, place: string): AsyncGenerator<Uint8Array> {
  try {
    yield* isNode() ? await gunzipInNode(plain(source)) : gunzipInPage(plain(source));
  } catch (cause) {
    throw notWhole(place, "gzip", cause);
  }
}

/** Members that follow each other too, as tools that pack in parallel write them; a page's stream takes one alone. */
async function gunzipInNode(packed: AsyncGenerator<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const [{ createGunzip }, { pipeline, Readable }] = await Promise.all([
    nodeModule<typeof Zlib>("zlib"),
    nodeModule<typeof Stream>("stream"),
  ]);
  // What fails ends the reading of the last stream with its error.
  return pipeline(Readable.from(packed), createGunzip(), () => undefined);
}

async function* gunzipInPage(packed: AsyncGenerator<Uint8Array<ArrayBuffer>, void>): AsyncGenerator<Uint8Array> {
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      const next = await packed.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function zstdContent(source: ByteSource, place: string): Promise<Uint8Array> {
  const { decompressZstd } = await import("hyparquet-compressors");
  const packed = await source.read(0, source.size);
  try {
    return decompressZstd(packed);
  } catch (cause) {
    throw notWhole(place, "Zstandard", cause);
  }
}

/** The error for content that does not unpack; what the disk says about itself stays as it is. */
function notWhole(place: string, packing: string, cause: unknown): Error {
  if (cause instanceof ByteSourceError) return cause;
  // Streams of the platform say nothing more.
  const reason = cause instanceof Error && cause.message !== "" ? ` (${cause.message})` : "";
  return new DataError(
    place,
    `is cut off or damaged: it is no whole ${packing} file${reason}; download it again`,
    {},
    { cause },
  );
}
