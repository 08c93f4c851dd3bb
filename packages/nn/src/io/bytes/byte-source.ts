import { ByteSourceError } from "../../errors.ts";

/** Random access to the bytes of one file, wherever it lives. */
export interface ByteSource {
  /** File name, path or URL, for messages. */
  readonly name: string;
  /** Bytes in all. */
  readonly size: number;
  /**
   * Another one when the file has changed, as far as can be seen from outside; absent where nothing can. What was read
   * under the same name and revision need not be read again.
   */
  readonly revision?: string | undefined;
  /**
   * Exactly `length` bytes from `offset`, in a buffer of their own that the caller may keep and change.
   *
   * @param into where to put them instead, from its start on; a source that cannot do that gives a buffer of their own.
   *   What counts is what is returned
   * @throws ByteSourceError outside the file, after `close`, or when fewer bytes arrive
   */
  read(offset: number, length: number, into?: Uint8Array): Promise<Uint8Array>;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface RangeReader {
  readonly name: string;
  readonly size: number;
  readonly revision?: string | undefined;
  /** May put the bytes at the start of `into`, and give those of it. */
  readonly readRange: (offset: number, length: number, into?: Uint8Array) => Promise<Uint8Array>;
  readonly release?: () => Promise<void>;
  /** Once it is aborted, what `readRange` throws passes as it is. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A {@link ByteSource} around a plain range reader: checks the range, the state and the length of the answer, and turns
 * what the reader throws into a ByteSourceError with its cause.
 */
export function createByteSource({ name, size, revision, readRange, release, signal }: RangeReader): ByteSource {
  let closed: Promise<void> | undefined;
  return {
    name,
    size,
    revision,
    async read(offset, length, into) {
      if (closed) throw new ByteSourceError(name, "was closed; open it again to read");
      if (
        !Number.isSafeInteger(offset) ||
        !Number.isSafeInteger(length) ||
        offset < 0 ||
        length < 0 ||
        offset + length > size
      ) {
        throw new ByteSourceError(name, `has no bytes ${offset} … ${offset + length}; it holds ${size}`, {
          offset,
          length,
          size,
        });
      }
      if (length === 0) return new Uint8Array(0);
      let bytes: Uint8Array;
      try {
        bytes = await readRange(offset, length, into && into.length >= length ? into : undefined);
      } catch (cause) {
        if (cause instanceof ByteSourceError || signal?.aborted) throw cause;
        throw new ByteSourceError(
          name,
          `cannot read ${length} bytes at ${offset} (${reasonOf(cause)})`,
          { offset, length },
          { cause },
        );
      }
      return exactly(name, offset, length, bytes, into);
    },
    close: () => (closed ??= release?.() ?? Promise.resolve()),
  };
}

/**
 * `bytes`, found to be `length` of them, in `into` or brought into a buffer of their own, where every typed array may view
 * them.
 */
export function exactly(
  name: string,
  offset: number,
  length: number,
  bytes: Uint8Array,
  into?: Uint8Array,
): Uint8Array {
  if (bytes.length !== length) throw shortRead(name, offset, length, bytes.length);
  return bytes.length === bytes.buffer.byteLength || bytes.buffer === into?.buffer ? bytes : new Uint8Array(bytes);
}

/** A source over bytes in memory. They are not copied, and must not change while the source is in use. */
export function bytesSource(bytes: ArrayBuffer | Uint8Array, name = "bytes"): ByteSource {
  const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  return createByteSource({
    name,
    size: view.length,
    revision: "memory",
    readRange: async (offset, length, into) => {
      const range = view.subarray(offset, offset + length);
      if (!into) return new Uint8Array(range);
      into.set(range);
      return into.subarray(0, length);
    },
  });
}

/** A source over a `Blob`, or a `File` that a user chose in a page. */
export function blobSource(blob: Blob, name = "name" in blob ? String(blob.name) : "blob"): ByteSource {
  return createByteSource({
    name,
    size: blob.size,
    // Reading a file that has changed since it was chosen fails.
    revision: "blob",
    readRange: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  });
}

/**
 * All bytes of a small file; closes the source.
 *
 * @throws ByteSourceError when it holds more than `mostBytes`, before any is read
 */
export async function readAll(source: ByteSource, mostBytes: number): Promise<Uint8Array> {
  try {
    if (source.size > mostBytes) throw tooLarge(source.name, source.size, mostBytes);
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

/** The error for a small file that is none. */
export function tooLarge(name: string, given: number, expected: number): ByteSourceError {
  return new ByteSourceError(
    name,
    `has at least ${given} bytes, but a file of this kind has at most ${expected}; check that it is the right one`,
    {
      given,
      expected,
    },
  );
}

/** The error for an answer of the wrong length: the file changed or was cut while it was read. */
export function shortRead(name: string, offset: number, expected: number, given: number): ByteSourceError {
  return new ByteSourceError(
    name,
    `gave ${given} of ${expected} bytes at ${offset}: it was truncated or changed while being read; download it again`,
    { offset, expected, given },
  );
}

/** The message of something thrown. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
