import type { ByteSource } from "../bytes/byte-source.ts";
import { quoted, GgufError } from "../../errors.ts";
import type { GgufEntry, GgufHeader } from "./gguf-header.ts";
import { GgufHeads } from "./gguf-heads.ts";
import { decodeScalar, decodeScalars, decodeText } from "./gguf-scalars.ts";
import type { GgufArray, GgufList, GgufMetadata, GgufScalar } from "./gguf-values.ts";
import { openedOrClosed, TensorFile, type FileFormat } from "../tensor-file.ts";

/** Items of a metadata array that is read; a vocabulary has at most some hundred thousand. */
const maxItems = 2 ** 22;

const format: FileFormat<GgufEntry> = {
  Refusal: GgufError,
  typeOf: ({ type }) => type,
  unreadable: "which is not supported; requantise it to q4_K or q8_0",
};

/**
 * One GGUF file. Opening reads its head; each tensor and each metadata array is a range read of its own. `openGguf` of
 * `@helium-lm/nn/io/node` opens one by its path.
 *
 * @example
 * const file = await GgufFile.open(bytesSource(ggufBytes, "model.gguf"));
 * console.log(file.metadata.text("general.architecture")); // llama
 * console.log(file.info("output_norm.weight").dtype); // f32
 * await file.close();
 */
export class GgufFile extends TensorFile<GgufEntry> {
  readonly version: number;
  readonly alignment: number;
  readonly metadata: GgufMetadata;

  private constructor(source: ByteSource, { version, alignment, metadata, entries }: GgufHeader) {
    super(source, entries, format);
    this.version = version;
    this.alignment = alignment;
    this.metadata = metadata;
  }

  /**
   * Takes over the source: it is closed with the file, or at once if its head is refused.
   *
   * @param heads knows the heads of files that were open before
   * @throws GgufError for a file that breaks the format, ByteSourceError for one that cannot be read
   */
  static open(source: ByteSource, heads: GgufHeads = new GgufHeads()): Promise<GgufFile> {
    return openedOrClosed(source, async () => new GgufFile(source, await heads.of(source)));
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

  async #readItems(key: string, array: GgufArray): Promise<Uint8Array> {
    if (array.length > maxItems) throw this.#wrongItems(key, array, `at most ${maxItems} items`);
    return this.readRange(array.begin, array.end);
  }

  #wrongItems(key: string, { length, itemType }: GgufArray, expected: string): GgufError {
    return new GgufError(this.name, `metadata ${quoted(key)} holds ${length} × ${itemType}; expected ${expected}`, {
      key,
      given: itemType,
      expected,
    });
  }
}
