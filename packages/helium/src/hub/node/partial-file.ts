import type { FileHandle } from "node:fs/promises";
import type { HeldLock } from "@helium-lm/nn/io/node";
import { HubStorageError } from "../../errors.ts";
import type { PartialBlob } from "../hub-store.ts";
import { codeOf, type NodeBuiltins } from "./node-builtins.ts";
import { storing } from "./storage-failure.ts";

const READ_BYTES = 2 ** 20;

/** A file that is being fetched, beside its final name, with the entity tag of its bytes in a file of its own. */
export class PartialFile implements PartialBlob {
  readonly #fs: NodeBuiltins["fs"];
  readonly #lock: HeldLock;
  readonly #finalPath: string;
  readonly #path: string;
  readonly #tagPath: string;
  readonly #file: FileHandle;
  #size: number;
  #validator: string | null;

  private constructor(
    { fs }: NodeBuiltins,
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
  static async open(node: NodeBuiltins, finalPath: string, lock: HeldLock): Promise<PartialFile> {
    const [path, tagPath] = namesOf(finalPath);
    return storing(path, async () => {
      const { fs } = node;
      for (const name of [path, tagPath]) await removeForeign(node, name);
      const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_RDWR } = fs.constants;
      const file = await fs.open(path, O_RDWR | O_NOFOLLOW).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return fs.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW);
        throw error;
      });
      const { size } = await file.stat();
      const validator = await fs.readFile(tagPath, "utf8").catch(() => null);
      return new PartialFile(node, lock, finalPath, file, size, validator);
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
      if (bytesRead === 0) throw new HubStorageError(this.#path, "was truncated while it was read; download it again");
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
      await this.#fs.rm(this.#tagPath, { force: true });
      // Made anew: what is put in its place meanwhile is no file of ours.
      if (validator !== null) await this.#fs.writeFile(this.#tagPath, validator, { flag: "wx" });
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
    throw new HubStorageError(this.#path, "was taken over by another process while this one was paused; try again");
  }
}

/**
 * Removes what is not a plain file of ours: a link, a pipe, a second name of another file. Writing through it would change
 * what lies elsewhere.
 */
async function removeForeign({ fs }: NodeBuiltins, path: string): Promise<void> {
  const found = await fs.lstat(path).catch(() => null);
  if (found !== null && !(found.isFile() && found.nlink <= 1)) await fs.rm(path);
}

/** Names of our own: Python's tools write to `<hash>.incomplete` under a lock that Node cannot see. */
const namesOf = (finalPath: string): readonly [string, string] => [
  `${finalPath}.helium.incomplete`,
  `${finalPath}.helium.incomplete.etag`,
];
