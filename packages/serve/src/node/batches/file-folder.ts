import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pageOfItems } from "../../batches/page.ts";
import type { FileObject, Page, PageQuery } from "../../batches/batch-object.ts";
import type { FileContent, FileStore } from "../../batches/batch-service.ts";
import { ApiError, invalidRequest } from "../../errors.ts";
import { newId, unixSeconds } from "../../http/new-id.ts";
import { storageFull } from "./storage-full.ts";
import { JsonRecords, type OwnedRecord } from "./json-records.ts";
import { receiveUpload } from "./upload.ts";
import { writeLines } from "./write-lines.ts";

interface FileRecord extends OwnedRecord {
  readonly file: FileObject;
}

export interface FileFolderOptions {
  /** Bytes of an upload at most. */
  readonly limit: number;
  /** Milliseconds that an upload may take. */
  readonly uploadMs: number;
  /** Which batch still needs a file; null: none. */
  readonly userOf: (id: string) => string | null;
}

/**
 * Files in a folder: `<id>.data`, and `<id>.json`, which is written last and makes it one. What a client calls a file is kept in
 * there and never becomes a path.
 */
export class FileFolder implements FileStore {
  readonly #folder: string;
  readonly #records: JsonRecords<FileRecord>;
  readonly #options: FileFolderOptions;

  private constructor(folder: string, records: JsonRecords<FileRecord>, options: FileFolderOptions) {
    this.#folder = folder;
    this.#records = records;
    this.#options = options;
  }

  /** Opens a folder, which nobody else may have open, and removes what was not whole. */
  static async open(folder: string, options: FileFolderOptions): Promise<FileFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const records = await JsonRecords.open<FileRecord>(folder);
    const known = new Set(records.all.map(({ id }) => `${id}.data`));
    for (const name of await readdir(folder))
      if (/^file-[0-9a-f]{24}\.data$/.test(name) && !known.has(name)) await rm(join(folder, name), { force: true });
    return new FileFolder(folder, records, options);
  }

  /** Where the bytes of a file are. @throws ApiError 404 */
  pathOf(owner: string, id: string): string {
    return this.#path(this.find(owner, id).id);
  }

  async receive(request: Request, owner: string): Promise<FileObject> {
    const id = newId("file");
    const path = this.#path(id);
    const { limit, uploadMs } = this.#options;
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(uploadMs)]);
    try {
      const { filename, bytes, fields } = await receiveUpload(request, { path, limit, signal });
      try {
        checkFields(fields);
        return await this.#keep(owner, { id, bytes, filename, purpose: "batch" });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    } catch (error) {
      throw storageFull(error);
    }
  }

  /**
   * Writes lines as a file of this id, anew where it is there already.
   *
   * @returns null where there are none
   * @throws ByteSourceError
   */
  async write(
    owner: string,
    { id, filename }: { readonly id: string; readonly filename: string },
    lines: AsyncIterable<string>,
  ): Promise<FileObject | null> {
    const written = await writeLines(this.#path(id), lines, { skipEmpty: true });
    return written.lines === 0
      ? null
      : this.#keep(owner, { id, filename, bytes: written.bytes, purpose: "batch_output" });
  }

  find(owner: string, id: string): FileObject {
    const record = this.#records.find(owner, id);
    if (record) return record.file;
    throw new ApiError("file_id", "is no file of yours; /v1/files lists them", {
      status: 404,
      type: "not_found_error",
      code: "file_not_found",
      param: "file_id",
    });
  }

  list(owner: string, { purpose, ...query }: PageQuery & { readonly purpose?: string | undefined }): Page<FileObject> {
    const own = this.#records.all.filter(
      (record) => record.owner === owner && (purpose === undefined || record.file.purpose === purpose),
    );
    return pageOfItems(
      own.map(({ file }) => file),
      query,
    );
  }

  async content(owner: string, id: string): Promise<FileContent> {
    const file = this.find(owner, id);
    const stream = createReadStream(this.#path(id));
    // A file that cannot be read is told before the response begins.
    await new Promise((resolve, reject) => stream.once("open", resolve).once("error", reject));
    return { file, stream: Readable.toWeb(stream) as ReadableStream<Uint8Array> };
  }

  async remove(owner: string, id: string): Promise<void> {
    this.find(owner, id);
    const user = this.#options.userOf(id);
    if (user !== null)
      throw invalidRequest("file_id", `is what ${user} reads, which is under way; cancel that first`, {
        code: "file_in_use",
      });
    await this.#records.remove(id);
    await rm(this.#path(id), { force: true });
  }

  async #keep(
    owner: string,
    { id, bytes, filename, purpose }: Pick<FileObject, "id" | "bytes" | "filename" | "purpose">,
  ): Promise<FileObject> {
    const file: FileObject = {
      ...{ id, object: "file", bytes, created_at: unixSeconds() },
      ...{ filename, purpose, status: "processed" },
    };
    await this.#records.put({ id, owner, number: this.#records.nextNumber(), file });
    return file;
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.data`);
  }
}

/** @throws ApiError */
function checkFields(fields: ReadonlyMap<string, string>): void {
  const purpose = fields.get("purpose");
  if (purpose !== "batch")
    throw invalidRequest(
      "purpose",
      `is ${purpose === undefined ? "missing" : JSON.stringify(purpose.slice(0, 40))}; expected "batch"`,
      { details: { given: purpose } },
    );
  const expiry = [...fields.keys()].find((name) => name.startsWith("expires_after"));
  if (expiry !== undefined) throw invalidRequest(expiry, "is not done here; delete the file when it is not needed");
}
