import { exactly, type ByteSource } from "../bytes/byte-source.ts";
import type { CheckpointReader, TensorInfo } from "../checkpoint-reader.ts";
import { SafetensorsError, quoted } from "../../errors.ts";
import { storedType } from "./safetensors-dtype.ts";
import {
  headerLength,
  parseSafetensorsHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors-header.ts";

/** One safetensors file. Opening reads the header; each tensor is a range read of its own. */
export class SafetensorsFile implements CheckpointReader {
  readonly name: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly #source: ByteSource;
  readonly #entries: ReadonlyMap<string, SafetensorsEntry>;

  private constructor(source: ByteSource, { entries, metadata }: SafetensorsHeader) {
    this.name = source.name;
    this.metadata = metadata;
    this.#source = source;
    this.#entries = entries;
  }

  /**
   * Takes over the source: it is closed with the file, or at once if the header is refused.
   *
   * @throws SafetensorsError for a file that breaks the format, ByteSourceError for one that cannot be read
   */
  static async open(source: ByteSource): Promise<SafetensorsFile> {
    try {
      const { name, size } = source;
      const length = headerLength(name, await source.read(0, Math.min(size, 8)), size);
      const json = exactly(name, 8, length, await source.read(8, length));
      return new SafetensorsFile(source, parseSafetensorsHeader(name, json, size));
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  /** In the order of their bytes. */
  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Where and how the file stores a tensor. */
  entry(name: string): SafetensorsEntry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    throw new SafetensorsError(this.name, `has no tensor ${quoted(name)}; it holds ${this.#entries.size}`, {
      tensor: name,
    });
  }

  info(name: string): TensorInfo {
    const { stored, shape, begin, end } = this.entry(name);
    return {
      name,
      dtype: storedType(stored).dtype ?? (stored as TensorInfo["dtype"]),
      shape,
      storedBytes: end - begin,
    };
  }

  async readBytes(name: string): Promise<Uint8Array> {
    const { stored, begin, end } = this.entry(name);
    const { dtype, convert } = storedType(stored);
    if (dtype === null) {
      throw new SafetensorsError(
        this.name,
        `tensor ${quoted(name)} is stored as ${stored}, which no tensor can hold; convert it to BF16`,
        {
          tensor: name,
          given: stored,
        },
      );
    }
    const bytes = exactly(this.name, begin, end - begin, await this.#source.read(begin, end - begin));
    try {
      return convert ? convert(bytes) : bytes;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new SafetensorsError(
        this.name,
        `tensor ${quoted(name)} (${stored}): ${cause.message}`,
        { tensor: name, given: stored },
        { cause },
      );
    }
  }

  async readSlice(name: string, first: number, last: number, into?: Uint8Array): Promise<Uint8Array> {
    const { stored, begin } = this.entry(name);
    const { dtype, convert } = storedType(stored);
    if (dtype === null || convert) return (await this.readBytes(name)).slice(first, last);
    const [at, length] = [begin + first, last - first];
    return exactly(this.name, at, length, await this.#source.read(at, length, into), into);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
