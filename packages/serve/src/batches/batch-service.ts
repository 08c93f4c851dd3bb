import type { ServerLog } from "../server-log.ts";
import type { BatchObject, BatchOrder, FileObject, Page, PageQuery } from "./batch-object.ts";

/** In whose name the lines of a batch are run. */
export interface BatchCaller {
  /** Keeps the stored starts of texts of one key from the others. */
  readonly cacheSalt: string;
}

/** The server that a batch's lines are asked of. */
export interface BatchServer {
  readonly fetch: (request: Request, caller: BatchCaller) => Response | Promise<Response>;
  /** Lines that are worth having under way. */
  readonly atOnce: number;
  readonly log: ServerLog;
}

/** A file's bytes, as they come. */
export interface FileContent {
  readonly file: FileObject;
  readonly stream: ReadableStream<Uint8Array>;
}

/**
 * The files of a server, each of which belongs to the key that made it: other keys are told that it is not there. `owner` is what
 * `BatchService.ownerOf` says.
 */
export interface FileStore {
  /** Takes an upload, a form with `file` and `purpose`. @throws ApiError */
  receive(request: Request, owner: string): Promise<FileObject>;
  /** @throws ApiError 404 */
  find(owner: string, id: string): FileObject;
  list(owner: string, query: PageQuery & { readonly purpose?: string | undefined }): Page<FileObject>;
  /** @throws ApiError 404 */
  content(owner: string, id: string): Promise<FileContent>;
  /** @throws ApiError 404, and 400 while a batch needs it */
  remove(owner: string, id: string): Promise<void>;
}

/** The files and batches of a server, which outlive it. */
export interface BatchService {
  readonly files: FileStore;
  /** Under which name a key's files and batches are kept. @param keyDigest empty: no key is needed */
  ownerOf(keyDigest: string): string;
  /** Goes on with the batches that are not done. Called once. */
  start(server: BatchServer): void;
  /** @throws ApiError 404 for a file that is not there */
  create(owner: string, order: BatchOrder): Promise<BatchObject>;
  /** @throws ApiError 404 */
  find(owner: string, id: string): BatchObject;
  list(owner: string, query: PageQuery): Page<BatchObject>;
  /** @throws ApiError 404, and 400 for a batch that has ended */
  cancel(owner: string, id: string): Promise<BatchObject>;
  /** Begins no more lines; those under way may end. */
  stop(): void;
  /** Gives up what is under way, which is run again after the next start. @returns once nothing more happens */
  dispose(): Promise<void>;
}
