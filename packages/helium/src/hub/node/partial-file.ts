import type { FileHandle } from "node:fs/promises";
import { HubStorageError } from "../errors.ts";
import type { PartialBlob } from "../hub-store.ts";
import type { HeldLock } from "./file-lock.ts";
import { codeOf, type NodeHost } from "./node-host.ts";
import { storing } from "./storage-failure.ts";

const READ_BYTES = 2 ** 20;

/** A file that is being fetched, beside its final name, with the entity tag of its bytes in a file of its own. */
export class PartialFile implements PartialBlob {
  readonly #fs: NodeHost["fs"];
  readonly #lock: HeldLock;
  readonly #finalPath: string;
  readonly #path: string;
  readonly #tagPath: string;
  readonly #file: FileHandle;
  #size: number;
  #validator: string | null;

  private constructor(
    { fs }: NodeHost,
    lock: HeldLock,
    finalPath: string,
    file: FileHandle,
    size: number,
    validator: string | null,
  ) {
    this.#fs = fs;
    this.#lock = lock;
    this.#finalPath = finalPath;
    [this.#path, this.#tagPath] = namesOf(finalPath);
    this.#file = file;
    this.#size = size;
    this.#validator = validator;
  }

  /** Begins the file that will be `finalPath`, or goes on with what is left of an earlier attempt. */
  static async open(host: NodeHost, finalPath: string, lock: HeldLock): Promise<PartialFile> {
    const [path, tagPath] = namesOf(finalPath);
    return storing(path, async () => {
      const file = await host.fs.open(path, "r+").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return host.fs.open(path, "w+");
        throw error;
      });
      const { size } = await file.stat();
      const validator = await host.fs.readFile(tagPath, "utf8").catch(() => null);
      return new PartialFile(host, lock, finalPath, file, size, validator);
    });
  }

  get size(): number {
    return this.#size;
  }

  get validator(): string | null {
    return this.#validator;
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const buffer = new Uint8Array(READ_BYTES);
    for (let at = 0; at < this.#size;) {
      const { bytesRead } = await storing(this.#path, () => this.#file.read(buffer, 0, READ_BYTES, at));
      if (bytesRead === 0) throw new HubStorageError(this.#path, "was cut while it was read; fetch it again");
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async restart(validator: string | null): Promise<void> {
    this.#checkLock();
    await storing(this.#path, async () => {
      await this.#file.truncate(0);
      this.#size = 0;
      this.#validator = validator;
      if (validator === null) await this.#fs.rm(this.#tagPath, { force: true });
      else await this.#fs.writeFile(this.#tagPath, validator);
    });
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#checkLock();
    await storing(this.#path, async () => {
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#size);
        done += bytesWritten;
        this.#size += bytesWritten;
      }
    });
  }

  async commit(): Promise<void> {
    this.#checkLock();
    await storing(this.#finalPath, async () => {
      await this.#file.sync();
      await this.#fs.rename(this.#path, this.#finalPath);
      await this.#fs.rm(this.#tagPath, { force: true });
    });
  }

  async discard(): Promise<void> {
    await this.#fs.rm(this.#path, { force: true });
    await this.#fs.rm(this.#tagPath, { force: true });
  }

  /** What is there stays for the next attempt. */
  close(): Promise<void> {
    return this.#file.close();
  }

  #checkLock(): void {
    if (this.#lock.isHeld()) return;
    throw new HubStorageError(this.#path, "was taken over by another process while this one stood still; try again");
  }
}

/** Names of our own: Python's tools write to `<hash>.incomplete` under a lock that Node cannot see. */
const namesOf = (finalPath: string): readonly [string, string] => [
  `${finalPath}.helium.incomplete`,
  `${finalPath}.helium.incomplete.etag`,
];
