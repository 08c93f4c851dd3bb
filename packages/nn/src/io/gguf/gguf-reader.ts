import { exactly, type ByteSource } from "../bytes/byte-source.ts";
import type { CheckpointReader, TensorInfo } from "../checkpoint-reader.ts";
import { quoted, GgufError } from "../../errors.ts";
import type { GgufEntry, GgufHeader } from "./gguf-header.ts";
import { GgufHeads } from "./gguf-heads.ts";
import { decodeScalar, decodeScalars, decodeText } from "./gguf-scalars.ts";
import { type GgufArray, type GgufList, type GgufMetadata, type GgufScalar } from "./gguf-values.ts";

/** Items of a metadata array that is read; a vocabulary has at most some hundred thousand. */
const maxItems = 2 ** 22;

/** One GGUF file. Opening reads its head; each tensor and each metadata array is a range read of its own. */
export class GgufFile implements CheckpointReader {
  readonly name: string;
  readonly version: number;
  readonly alignment: number;
  readonly metadata: GgufMetadata;
  readonly #source: ByteSource;
  readonly #entries: ReadonlyMap<string, GgufEntry>;

  private constructor(source: ByteSource, { version, alignment, metadata, entries }: GgufHeader) {
    this.name = source.name;
    this.version = version;
    this.alignment = alignment;
    this.metadata = metadata;
    this.#source = source;
    this.#entries = entries;
  }

  /**
   * Takes over the source: it is closed with the file, or at once if its head is refused.
   *
   * @param heads knows the heads of files that were open before
   * @throws GgufError for a file that breaks the format, ByteSourceError for one that cannot be read
   */
  static async open(source: ByteSource, heads: GgufHeads = new GgufHeads()): Promise<GgufFile> {
    try {
      return new GgufFile(source, await heads.of(source));
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
  entry(name: string): GgufEntry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    throw new GgufError(this.name, `has no tensor ${quoted(name)}; it holds ${this.#entries.size}`, { tensor: name });
  }

  info(name: string): TensorInfo {
    const { type, shape, begin, end } = this.entry(name);
    return { name, dtype: type.dtype ?? (type.name as TensorInfo["dtype"]), shape, storedBytes: end - begin };
  }

  /** Quantised tensors come as the blocks that `QuantMatrix.fromBlocks` takes. */
  async readBytes(name: string): Promise<Uint8Array> {
    const { type, begin, end } = this.entry(name);
    if (type.dtype === null)
      throw new GgufError(
        this.name,
        `tensor ${quoted(name)} is stored as ${type.name}, which is not read; requantise it to q4_K or q8_0`,
        { tensor: name, given: type.name },
      );
    const bytes = await this.#read(begin, end);
    try {
      return type.convert ? type.convert(bytes) : bytes;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw new GgufError(
        this.name,
        `tensor ${quoted(name)} (${type.name}): ${cause.message}`,
        { tensor: name, given: type.name },
        { cause },
      );
    }
  }

  async readSlice(name: string, first: number, last: number, into?: Uint8Array): Promise<Uint8Array> {
    const { type, begin } = this.entry(name);
    if (type.dtype === null || type.convert) return (await this.readBytes(name)).slice(first, last);
    return this.#read(begin + first, begin + last, into);
  }

  /** The numbers of a metadata array, undefined where there is none. @throws GgufError when it holds something else */
  async numbers(key: string): Promise<readonly number[] | undefined> {
    const array = this.metadata.array(key);
    if (array === undefined) return undefined;
    const { itemType } = array;
    if (itemType === "string" || itemType === "bool") throw this.#wrongItems(key, array, "numbers");
    const values = decodeScalars(itemType, await this.#readItems(key, array));
    if (itemType !== "u64" && itemType !== "i64") return values as number[];
    return values.map((value, n) => {
      if (!Number.isSafeInteger(Number(value)))
        throw new GgufError(
          this.name,
          `item ${n} of metadata ${quoted(key)} is ${value}; expected a number below 2^53`,
        );
      return Number(value);
    });
  }

  /** The strings of a metadata array, undefined where there is none. @throws GgufError when it holds something else */
  async texts(key: string): Promise<readonly string[] | undefined> {
    const array = this.metadata.array(key);
    if (array === undefined) return undefined;
    if (array.itemType !== "string") throw this.#wrongItems(key, array, "strings");
    const bytes = await this.#readItems(key, array);
    let at = 0;
    return Array.from({ length: array.length }, (_, n) => {
      // Lengths were walked through when the file was opened; it may have been changed since.
      const length = at + 8 <= bytes.length ? Number(decodeScalar("u64", bytes, at)) : Infinity;
      const end = at + 8 + length;
      const text = end <= bytes.length ? decodeText(bytes.subarray(at + 8, end)) : null;
      if (text === null)
        throw new GgufError(this.name, `item ${n} of metadata ${quoted(key)} is not UTF-8; convert the file again`, {
          key,
          item: n,
        });
      at = end;
      return text;
    });
  }

  /** A metadata value for writing it again: arrays with their items. */
  async value(key: string): Promise<GgufScalar | GgufList | undefined> {
    const found = this.metadata.get(key);
    if (found?.type !== "array") return found;
    const { itemType } = found;
    if (itemType === "string") return { type: "array", itemType, items: (await this.texts(key)) ?? [] };
    return { type: "array", itemType, items: decodeScalars(itemType, await this.#readItems(key, found)) };
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  async #readItems(key: string, array: GgufArray): Promise<Uint8Array> {
    if (array.length > maxItems) throw this.#wrongItems(key, array, `at most ${maxItems} items`);
    return this.#read(array.begin, array.end);
  }

  async #read(begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> {
    return exactly(this.name, begin, end - begin, await this.#source.read(begin, end - begin, into), into);
  }

  #wrongItems(key: string, { length, itemType }: GgufArray, expected: string): GgufError {
    return new GgufError(this.name, `metadata ${quoted(key)} holds ${length} × ${itemType}; expected ${expected}`, {
      key,
      given: itemType,
      expected,
    });
  }
}
