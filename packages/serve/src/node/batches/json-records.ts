import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomically } from "@helium-lm/nn/io/node";
import { BatchFileError } from "./batch-file.ts";

/** A record with the key that it belongs to. */
export interface OwnedRecord {
  readonly id: string;
  readonly owner: string;
  /** In the order in which they were made. */
  readonly number: number;
}

/** Records in a folder, a file of JSON for each, all of them in memory too. Ids are our own, so that they may be names of files. */
export class JsonRecords<T extends OwnedRecord> {
  readonly #folder: string;
  readonly #records: Map<string, T>;
  /** The last change of a record that is under way. */
  readonly #changes = new Map<string, Promise<void>>();
  #next: number;

  private constructor(folder: string, records: readonly T[]) {
    this.#folder = folder;
    this.#records = new Map(records.map((record) => [record.id, record]));
    this.#next = records.reduce((last, { number }) => Math.max(last, number), 0) + 1;
  }

  /** What is in a folder; what is no record is left alone. @throws BatchFileError for a record that is not JSON */
  static async open<T extends OwnedRecord>(folder: string): Promise<JsonRecords<T>> {
    const records: T[] = [];
    for (const name of await readdir(folder)) {
      if (!name.endsWith(".json")) continue;
      const record = parse<T>(join(folder, name), await readFile(join(folder, name), "utf8"));
      if (`${record.id}.json` === name) records.push(record);
    }
    return new JsonRecords(folder, records);
  }

  /** The oldest first, whichever reached the disk first. */
  get all(): readonly T[] {
    return [...this.#records.values()].sort((a, b) => a.number - b.number);
  }

  /** The number of the next record. */
  nextNumber(): number {
    return this.#next++;
  }

  /** Undefined as well where it belongs to another. */
  find(owner: string, id: string): T | undefined {
    const record = this.#records.get(id);
    return record?.owner === owner ? record : undefined;
  }

  /**
   * Brings a record into another state, after the changes that came before. It is there once it is on the disk.
   *
   * @throws what `change` throws; ByteSourceError
   */
  update(id: string, change: (record: T) => T): Promise<T> {
    const before = this.#changes.get(id) ?? Promise.resolve();
    const changed = before.then(async () => {
      const record = this.#records.get(id);
      if (!record) throw new Error(`${id} is no record`);
      const next = change(record);
      if (next !== record) await this.put(next);
      return next;
    });
    const settled = changed.then(
      () => undefined,
      () => undefined,
    );
    this.#changes.set(id, settled);
    void settled.then(() => this.#changes.get(id) === settled && this.#changes.delete(id));
    return changed;
  }

  /** A new record. It is there once it is on the disk. @throws ByteSourceError */
  async put(record: T): Promise<void> {
    await writeFileAtomically(this.#path(record.id), (write) =>
      write(new TextEncoder().encode(`${JSON.stringify(record)}\n`)),
    );
    this.#records.set(record.id, record);
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}

/** @throws BatchFileError */
function parse<T>(path: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new BatchFileError(path, "is not JSON; take it away, and what it is about is forgotten", {}, { cause });
  }
}
