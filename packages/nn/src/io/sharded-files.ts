import type { CheckpointError } from "../errors.ts";
import type { CheckpointReader, TensorInfo } from "./checkpoint-reader.ts";

/** The tensors of several files under one name. */
export class ShardedFiles<File extends Required<CheckpointReader>> implements CheckpointReader {
  readonly name: string;
  readonly #shards: readonly File[];
  readonly #shardOf: ReadonlyMap<string, File>;
  readonly #unknown: (tensor: string, known: number) => CheckpointError;

  /**
   * @param shards all of them, closed with this
   * @param shardOf tensor name → the one that holds it
   * @param unknown the error for the name of a tensor that none holds
   */
  constructor(
    name: string,
    shards: readonly File[],
    shardOf: ReadonlyMap<string, File>,
    unknown: (tensor: string, known: number) => CheckpointError,
  ) {
    this.name = name;
    this.#shards = shards;
    this.#shardOf = shardOf;
    this.#unknown = unknown;
  }

  names(): readonly string[] {
    return [...this.#shardOf.keys()];
  }

  has(name: string): boolean {
    return this.#shardOf.has(name);
  }

  info(name: string): TensorInfo {
    return this.#holderOf(name).info(name);
  }

  async readBytes(name: string): Promise<Uint8Array> {
    return this.#holderOf(name).readBytes(name);
  }

  async readSlice(name: string, begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> {
    return this.#holderOf(name).readSlice(name, begin, end, into);
  }

  async close(): Promise<void> {
    await closeAll(this.#shards);
  }

  #holderOf(name: string): File {
    const file = this.#shardOf.get(name);
    if (file) return file;
    throw this.#unknown(name, this.#shardOf.size);
  }
}

export async function closeAll(files: Iterable<CheckpointReader>): Promise<void> {
  await Promise.all([...files].map((file) => file.close()));
}
