import { HubStorageError } from "../../errors.ts";
import type { PartialBlob } from "../hub-store.ts";
import { storingInPage } from "./storage-failure.ts";

/** A segment is what a page that is closed may lose; the browser writes each to the side and then into place. */
const SEGMENT_BYTES = 2 ** 24;

/** Tries to read a text that other pages write. */
const READ_ATTEMPTS = 5;

const completeName = "complete";
const validatorName = "validator";
const segmentName = (index: number): string => `segment-${String(index).padStart(6, "0")}`;

/** The finished content in a folder of segments; null where it is not finished. */
export async function completeBlob(folder: FileSystemDirectoryHandle): Promise<Blob | null> {
  const size = Number((await readText(folder, completeName)) || NaN);
  const blob = new Blob(await segmentsOf(folder));
  return blob.size === size ? blob : null;
}

/** Content that is being fetched: a folder of segments, finished once it has the file `complete`. */
export class OpfsPartial implements PartialBlob {
  readonly #folder: FileSystemDirectoryHandle;
  readonly #label: string;
  #size: number;
  #segments: number;
  #validator: string | null;
  #open: { readonly sink: FileSystemWritableFileStream; bytes: number } | null = null;

  private constructor(folder: FileSystemDirectoryHandle, label: string, segments: readonly Blob[], tag: string | null) {
    this.#folder = folder;
    this.#label = label;
    this.#segments = segments.length;
    this.#size = segments.reduce((sum, { size }) => sum + size, 0);
    this.#validator = tag;
  }

  static async open(folder: FileSystemDirectoryHandle, label: string): Promise<OpfsPartial> {
    return storingInPage(
      label,
      async () => new OpfsPartial(folder, label, await segmentsOf(folder), await readText(folder, validatorName)),
    );
  }

  get size(): number {
    return this.#size;
  }

  get validator(): string | null {
    return this.#validator;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (const segment of await segmentsOf(this.#folder)) yield new Uint8Array(await segment.arrayBuffer());
  }

  restart(validator: string | null): Promise<void> {
    return storingInPage(this.#label, async () => {
      await this.flush();
      await clear(this.#folder);
      this.#size = 0;
      this.#segments = 0;
      this.#validator = validator;
      if (validator !== null) await writeText(this.#folder, validatorName, validator);
    });
  }

  append(bytes: Uint8Array): Promise<void> {
    return storingInPage(this.#label, async () => {
      this.#open ??= { sink: await createFile(this.#folder, segmentName(this.#segments)), bytes: 0 };
      await this.#open.sink.write(bytes as Uint8Array<ArrayBuffer>);
      this.#open.bytes += bytes.length;
      this.#size += bytes.length;
      if (this.#open.bytes >= SEGMENT_BYTES) await this.flush();
    });
  }

  /** Brings what was written so far into place. */
  async flush(): Promise<void> {
    if (this.#open === null) return;
    const { sink } = this.#open;
    this.#open = null;
    await sink.close();
    this.#segments += 1;
  }

  commit(): Promise<void> {
    return storingInPage(this.#label, async () => {
      await this.flush();
      await writeText(this.#folder, completeName, String(this.#size));
      if ((await completeBlob(this.#folder)) === null)
        throw new HubStorageError(this.#label, "was changed while it was written; fetch it again");
    });
  }

  discard(): Promise<void> {
    return this.restart(null);
  }
}

async function segmentsOf(folder: FileSystemDirectoryHandle): Promise<Blob[]> {
  const segments: Blob[] = [];
  for (;;) {
    const file = await tryFile(folder, segmentName(segments.length));
    if (file === null) return segments;
    segments.push(file);
  }
}

async function clear(folder: FileSystemDirectoryHandle): Promise<void> {
  // The mark first: without it the rest is nothing.
  await folder.removeEntry(completeName).catch(() => undefined);
  for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => undefined);
}

/** The file of that name; null where there is none. */
export async function tryFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return null;
    throw error;
  }
}

/** Its text; empty while another page writes it for the first time. */
export async function readText(folder: FileSystemDirectoryHandle, name: string): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return (await (await tryFile(folder, name))?.text()) ?? null;
    } catch (error) {
      // A file that another page replaces between the two calls is gone under the handle; its successor is there.
      const isReplaced = error instanceof DOMException && ["NotFoundError", "NotReadableError"].includes(error.name);
      if (!isReplaced || attempt === READ_ATTEMPTS) throw error;
    }
  }
}

/** The text is in place when the promise resolves, and nothing of it before. */
export async function writeText(folder: FileSystemDirectoryHandle, name: string, text: string): Promise<void> {
  const sink = await createFile(folder, name);
  await sink.write(text);
  await sink.close();
}

const createFile = async (folder: FileSystemDirectoryHandle, name: string): Promise<FileSystemWritableFileStream> =>
  (await folder.getFileHandle(name, { create: true })).createWritable();
