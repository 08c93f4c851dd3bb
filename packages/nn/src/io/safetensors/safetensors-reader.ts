import { exactly, type ByteSource } from "../bytes/byte-source.ts";
import { SafetensorsError } from "../../errors.ts";
import { openedOrClosed, TensorFile, type FileFormat } from "../tensor-file.ts";
import { storedType } from "./safetensors-dtype.ts";
import { headerLength, parseSafetensorsHeader, type SafetensorsEntry } from "./safetensors-header.ts";

const format: FileFormat<SafetensorsEntry> = {
  Refusal: SafetensorsError,
  typeOf: ({ stored }) => ({ name: stored, ...storedType(stored) }),
  unreadable: "which no tensor can hold; convert it to BF16",
};

/**
 * One safetensors file. Opening reads the header; each tensor is a range read of its own. `openSafetensors` of
 * `@helium-lm/nn/io/node` opens one by its path.
 *
 * @example
 * const url = new URL("https://example.org/model.safetensors");
 * const file = await SafetensorsFile.open(await fetchSource(url, { fetch: fetchFile }));
 * console.log(file.info("model.norm.weight").shape); // [ 256 ]
 * const bytes = await file.readBytes("model.norm.weight");
 * await file.close();
 */
export class SafetensorsFile extends TensorFile<SafetensorsEntry> {
  readonly metadata: ReadonlyMap<string, string>;

  private constructor(
    source: ByteSource,
    entries: ReadonlyMap<string, SafetensorsEntry>,
    metadata: ReadonlyMap<string, string>,
  ) {
    super(source, entries, format);
    this.metadata = metadata;
  }

  /**
   * Takes over the source: it is closed with the file, or at once if the header is refused.
   *
   * @throws SafetensorsError for a file that breaks the format, ByteSourceError for one that cannot be read
   */
  static open(source: ByteSource): Promise<SafetensorsFile> {
    return openedOrClosed(source, async () => {
      const { name, size } = source;
      const length = headerLength(name, await source.read(0, Math.min(size, 8)), size);
      const json = exactly(name, 8, length, await source.read(8, length));
      const { entries, metadata } = parseSafetensorsHeader(name, json, size);
      return new SafetensorsFile(source, entries, metadata);
    });
  }
}
