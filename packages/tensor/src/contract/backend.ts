import type { KernelTable } from "./kernel-table.ts";
import type { StorageHandle, StorageSpec } from "./operand.ts";

/** Memory of a backend that bytes wait in until they are written. */
export interface Staging {
  readonly bytes: Uint8Array;
  /** To be called once, when nobody writes into `bytes` any more. */
  release(): void;
}

/** What a backend can do, as data. */
export interface Capabilities {
  /** True when `readSync` exists: nothing runs behind the caller's back. */
  readonly syncRead: boolean;
  /** True when storages can be written byte by byte (false for texture-backed ones). */
  readonly byteAddressable: boolean;
  /** Largest storage in bytes. */
  readonly maxStorageBytes: number;
  /** Threads that share the work of one op, the calling one included. */
  readonly threads: number;
}

/** Exact counts of what is alive on a backend. */
export interface MemoryInfo {
  readonly handles: number;
  readonly bytes: number;
  readonly peakBytes: number;
}

/**
 * Work that is done again and again on the same storages, whose contents alone change. Its first runs go op by op and are
 * noted; after two that were the same, `replay` does what they did without the host's part.
 */
export interface Recording {
  /** `open`: run it by `log`. `ready`: run it by `replay`. `refused`: it cannot be replayed; run it without either. */
  readonly state: "open" | "ready" | "refused";
  /** Why it is not ready, in words that stand alone; null where it is. */
  readonly reason: string | null;
  /**
   * Runs the work and notes what it does; of one that is ready, checks that it does what is recorded. What is made in it is valid until the next run of any recording of the recorder,
   * and then has the values of the next run if that one is of this recording.
   */
  log(body: () => void): void;
  /** Does what the last run of `log` did. @throws what its ops throw; ArgumentError unless `ready` */
  replay(): void;
  dispose(): void;
}

/** Makes recordings that share the memory of what is made on the way: only one of them has results at a time. */
export interface Recorder {
  recording(): Recording;
  /** Ends its recordings too. */
  dispose(): void;
}

/** Work that is done without a device, to find out what it will need of one. */
export interface Rehearsal {
  /** As the backend rehearsed for, but nothing is computed: storages take no memory, and all that is read is zero. */
  readonly backend: Backend;
  /** Makes ready, beside other work, what the work on that backend took: the same on the real one then waits for nothing. */
  ready(): Promise<void>;
}

/**
 * The seam between ops and devices.
 *
 * Creation is asynchronous (`createBackend`), kernels are synchronous to enqueue and run in order, reading is
 * asynchronous. A kernel writes into a given output and allocates no results. Shape and dtype errors are the op's and
 * are thrown at once; an error in queued work poisons its output and rejects the next `read` or `synchronize` that
 * depends on it, naming the op.
 */
export interface Backend {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Kernels beside what they take. Core ops are mandatory; a fused op without a kernel runs by its composition. */
  readonly kernels: KernelTable;
  /** New storage, contents undefined. @throws BackendError when over the limit or out of memory. */
  alloc(spec: StorageSpec): StorageHandle;
  /** Frees a storage, after the queued work that uses it. */
  release(handle: StorageHandle): void;
  /**
   * Copies `bytes` into a storage from its start. A quantised matrix is written whole, as the blocks of its format, and
   * read back as the same bytes, however the backend keeps it. @throws BackendError when they do not fit.
   */
  write(handle: StorageHandle, bytes: Uint8Array): void;
  /**
   * As `write`, from byte `offset` of what `write` takes. Of a quantised matrix whole rows, from a multiple of 32 of them on.
   * Where a backend lacks it, storages are written whole.
   */
  writePart?(handle: StorageHandle, offset: number, bytes: Uint8Array): void;
  /**
   * Memory to read files into: views of it are what `write` and `writePart` take without a copy on the way. Null where
   * there is none that may be written into while other work goes on.
   */
  stage?(bytes: number): Staging | null;
  /** Copy of a whole storage, after all queued work that writes it. */
  read(handle: StorageHandle): Promise<Uint8Array>;
  /** As `read`; only where `capabilities.syncRead`. Library code calls it to show a tensor in the console, nowhere else. */
  readSync?(handle: StorageHandle): Uint8Array;
  /** Resolves when all queued work is done. */
  synchronize(): Promise<void>;
  memory(): MemoryInfo;
  /** Where work can be recorded and replayed; a backend without it runs everything op by op. */
  createRecorder?(): Recorder;
  /** Where kernels are compiled when they are first used: a way to have them compiled before. */
  rehearse?(): Rehearsal;
  /** What really runs: mode, threads, features. For reports and `inspect`. */
  info(): Readonly<Record<string, string | number | boolean>>;
  /** Frees everything. Later use throws `DisposedError`. */
  dispose(): void;
}
