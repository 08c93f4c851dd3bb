import { open, rm, type FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { ApiError, invalidRequest } from "../../errors.ts";

/** A form with one file. */
export interface Upload {
  /** As the client says; never a path here. */
  readonly filename: string;
  readonly bytes: number;
  readonly fields: ReadonlyMap<string, string>;
}

export interface UploadOptions {
  /** Where its bytes go; nothing is left there where it fails. */
  readonly path: string;
  /** Bytes at most. */
  readonly limit: number;
  /** Ends an upload that takes too long, or whose client has left. */
  readonly signal: AbortSignal;
}

/** Longest name that is kept. */
const NAME_LENGTH = 255;

/** Writes the file of a form to the disk as it comes. @throws ApiError; Error of the disk */
export async function receiveUpload(request: Request, { path, limit, signal }: UploadOptions): Promise<Upload> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\s*;/i.test(type) || request.body === null)
    throw new ApiError("content-type", `is ${JSON.stringify(type)}; expected multipart/form-data with a file`, {
      status: 415,
      type: "invalid_request_error",
      code: "unsupported_media_type",
    });
  // The form around the file is small.
  if (Number(request.headers.get("content-length") ?? 0) > limit + 2 ** 16) throw tooLarge(limit);
  const disk = await open(path, "wx", 0o600);
  try {
    const upload = await readForm(request.body, type, { disk, limit, signal });
    await disk.sync();
    await disk.close();
    return upload;
  } catch (error) {
    await disk.close();
    await rm(path, { force: true });
    throw error;
  }
}

async function readForm(
  body: ReadableStream<Uint8Array>,
  type: string,
  { disk, limit, signal }: Pick<UploadOptions, "limit" | "signal"> & { readonly disk: FileHandle },
): Promise<Upload> {
  const form = openForm(type, limit);
  const fields = new Map<string, string>();
  let filename: string | null = null;
  let bytes = 0;
  let reading: BusboyFileStream | null = null;
  let writing: Promise<void> = Promise.resolve();
  let failure: Error | null = null;
  const write = async (part: BusboyFileStream): Promise<void> => {
    part.once("limit", () => part.destroy(tooLarge(limit)));
    for await (const chunk of part as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length;) at += (await disk.write(chunk, at)).bytesWritten;
      bytes += chunk.length;
    }
  };
  form.on("field", (name, value) => fields.set(name, value));
  form.on("file", (name, part, given) => {
    if (name !== "file") {
      part.resume();
      return;
    }
    filename = given.slice(0, NAME_LENGTH) || "file";
    reading = part;
    // A disk that is full, or a file that is too large, ends the form.
    writing = write(part).catch((error: unknown) => {
      failure ??= error as Error;
      form.destroy(error as Error);
    });
  });
  try {
    await pipeline(Readable.fromWeb(body as NodeReadableStream<Uint8Array>), form, { signal });
  } catch (error) {
    const first: Error = failure ?? badForm(error);
    // It ends with no form by itself.
    (reading as BusboyFileStream | null)?.destroy();
    await writing;
    signal.throwIfAborted();
    throw first;
  }
  await writing;
  throwIfThere(failure);
  if (filename === null) throw invalidRequest("file", "is missing; send it as a part of the form that has a filename");
  return { filename, bytes, fields };
}

/** Set within a callback, which the compiler does not see. */
function throwIfThere(failure: Error | null): void {
  if (failure !== null) throw failure;
}

/** @throws ApiError for a type without a boundary */
function openForm(type: string, limit: number): InstanceType<typeof Busboy> {
  const limits = { fileSize: limit, files: 1, fields: 16, fieldSize: 4096, headerPairs: 32, headerSize: 8192 };
  try {
    return new Busboy({ headers: { "content-type": type }, limits });
  } catch (error) {
    throw badForm(error);
  }
}

const badForm = (cause: unknown): ApiError =>
  invalidRequest("body", "is no whole form; send multipart/form-data", { code: "invalid_form" }, { cause });

const tooLarge = (limit: number): ApiError =>
  new ApiError("file", `is larger than the ${limit} bytes that this server takes; make several of it`, {
    status: 413,
    type: "invalid_request_error",
    code: "file_too_large",
    param: "file",
    details: { limit },
  });
