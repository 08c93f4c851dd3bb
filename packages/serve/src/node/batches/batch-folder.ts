import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { takeFileLock, type HeldLock } from "@helium-lm/nn/io/node";
import type { BatchObject, BatchOrder, Page, PageQuery } from "../../batches/batch-object.ts";
import { endStatuses } from "../../batches/batch-object.ts";
import type { BatchServer, BatchService } from "../../batches/batch-service.ts";
import { pageOfItems } from "../../batches/page.ts";
import { ApiError, invalidRequest } from "../../errors.ts";
import { folderSecret } from "../folder-secret.ts";
import { newBatch, withStatus, type BatchRecord } from "./batch-record.ts";
import { BatchRun } from "./batch-run.ts";
import { FileFolder } from "./file-folder.ts";
import { JsonRecords } from "./json-records.ts";
import { storageFull } from "./storage-full.ts";

export interface BatchFolderOptions {
  /** Bytes of an upload at most; default 512 MiB. */
  readonly fileLimit?: number;
  /** Milliseconds that an upload may take; default: an hour. */
  readonly uploadMs?: number;
  /** Requests of a batch at most; default 100,000. */
  readonly maxRequests?: number;
  /** Batches that are worked at, side by side; others wait. Default 4. */
  readonly atOnce?: number;
  /** Milliseconds after which a batch goes on that the disk had no room for; default 30 s. */
  readonly retryMs?: number;
}

/** Files and batches in a folder of one server, which goes on with them when it is started again. */
export class BatchFolder implements BatchService {
  readonly files: FileFolder;
  readonly #folder: string;
  readonly #secret: string;
  readonly #lock: HeldLock;
  readonly #records: JsonRecords<BatchRecord>;
  readonly #options: Required<Pick<BatchFolderOptions, "maxRequests" | "atOnce" | "retryMs">>;
  readonly #runs = new Map<string, BatchRun>();
  readonly #stopping = new AbortController();
  readonly #ending = new AbortController();
  #waiting: BatchRun[] = [];
  #working = 0;
  #server: BatchServer | null = null;
  #closed: Promise<void> | null = null;

  private constructor(
    folder: string,
    parts: { secret: string; lock: HeldLock; files: FileFolder; records: JsonRecords<BatchRecord> },
    { maxRequests = 100_000, atOnce = 4, retryMs = 30_000 }: BatchFolderOptions,
  ) {
    this.#folder = folder;
    this.#secret = parts.secret;
    this.#lock = parts.lock;
    this.#records = parts.records;
    this.files = parts.files;
    this.#options = { maxRequests, atOnce, retryMs };
  }

  /** Opens the folder, or makes it. @throws FileLockError while another server has it; Error where it cannot be made */
  static async open(folder: string, options: BatchFolderOptions = {}): Promise<BatchFolder> {
    const secret = await folderSecret(folder);
    const lock = await takeFileLock(join(folder, "lock"), { refuseLiving: true });
    try {
      const { fileLimit = 512 * 2 ** 20, uploadMs = 3_600_000 } = options;
      let service: BatchFolder | null = null;
      const userOf = (id: string): string | null => service?.userOf(id) ?? null;
      const files = await FileFolder.open(join(folder, "files"), { limit: fileLimit, uploadMs, userOf });
      await mkdir(join(folder, "batches"), { recursive: true, mode: 0o700 });
      const records = await JsonRecords.open<BatchRecord>(join(folder, "batches"));
      service = new BatchFolder(folder, { secret, lock, files, records }, options);
      return service;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  ownerOf(keyDigest: string): string {
    return keyDigest && createHash("sha256").update(`${this.#secret}\n${keyDigest}`).digest("hex");
  }

  start(server: BatchServer): void {
    this.#server = server;
    for (const record of this.#records.all)
      if (!endStatuses.has(record.batch.status)) this.#enter(record);
      // A server that was killed before it could.
      else void rm(this.#journalOf(record.id), { force: true }).catch(() => undefined);
  }

  async create(owner: string, order: BatchOrder): Promise<BatchObject> {
    try {
      this.files.find(owner, order.input_file_id);
    } catch (cause) {
      throw new ApiError(
        "input_file_id",
        "is no file of yours; upload it to /v1/files",
        { status: 404, type: "not_found_error", code: "file_not_found", param: "input_file_id" },
        { cause },
      );
    }
    const record = newBatch(owner, this.#records.nextNumber(), order);
    await this.#records.put(record).catch((error: unknown) => {
      throw storageFull(error);
    });
    this.#enter(record);
    return record.batch;
  }

  find(owner: string, id: string): BatchObject {
    return this.#shown(this.#recordOf(owner, id));
  }

  list(owner: string, query: PageQuery): Page<BatchObject> {
    const own = this.#records.all.filter((record) => record.owner === owner);
    return pageOfItems(
      own.map((record) => this.#shown(record)),
      query,
    );
  }

  async cancel(owner: string, id: string): Promise<BatchObject> {
    this.#recordOf(owner, id);
    await this.#records.update(id, (record) => {
      const { status } = record.batch;
      if (endStatuses.has(status))
        throw invalidRequest("batch_id", `is ${status} already; there is nothing to cancel`, { code: "batch_ended" });
      return status === "cancelling" ? record : { ...record, batch: withStatus(record.batch, "cancelling") };
    });
    this.#runs.get(id)?.interrupt("cancelled");
    return this.find(owner, id);
  }

  /** The batch under way that reads a file; null: none does. */
  userOf(file: string): string | null {
    const user = this.#records.all.find(({ batch }) => batch.input_file_id === file && !endStatuses.has(batch.status));
    return user?.id ?? null;
  }

  stop(): void {
    this.#stopping.abort();
  }

  dispose(): Promise<void> {
    this.stop();
    this.#ending.abort(new Error("the server has ended"));
    // What is under way closes its journal; then the next server may have the folder.
    return (this.#closed ??= Promise.all([...this.#runs.values()].map(({ ended }) => ended)).then(() =>
      this.#lock.release(),
    ));
  }

  #recordOf(owner: string, id: string): BatchRecord {
    const record = this.#records.find(owner, id);
    if (record) return record;
    throw new ApiError("batch_id", "is no batch of yours; /v1/batches lists them", {
      status: 404,
      type: "not_found_error",
      code: "batch_not_found",
      param: "batch_id",
    });
  }

  #journalOf(id: string): string {
    return join(this.#folder, "batches", `${id}.journal`);
  }

  /** With the counts of this moment. */
  #shown({ id, batch }: BatchRecord): BatchObject {
    const counts = this.#runs.get(id)?.counts;
    return counts ? { ...batch, request_counts: counts } : batch;
  }

  #enter({ id, owner }: BatchRecord): void {
    const server = this.#server;
    if (server === null || this.#stopping.signal.aborted) return;
    const run = new BatchRun({
      ...{ server, files: this.files, journal: this.#journalOf(id) },
      ...this.#options,
      record: () => this.#recordOf(owner, id),
      update: (change) => this.#records.update(id, change),
      stop: this.#stopping.signal,
      signal: this.#ending.signal,
    });
    this.#runs.set(id, run);
    this.#waiting.push(run);
    this.#next();
  }

  /** Works at as many as are allowed, in the order in which they came. */
  #next(): void {
    while (this.#working < this.#options.atOnce) {
      const run = this.#waiting.shift();
      if (run === undefined) return;
      this.#working++;
      void run.begin().then(() => {
        this.#working--;
        if (endStatuses.has(run.batch.status)) this.#runs.delete(run.batch.id);
        this.#next();
      });
    }
  }
}
