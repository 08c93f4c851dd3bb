import { GgufError, type CheckpointReader, type TensorInfo } from "@helium-lm/nn";
import { dtypes, isDType } from "@helium-lm/tensor";
import type { DecoderTraits } from "../config/index.ts";
import type { GgufReader } from "./hyperparameters.ts";
import { ropeTensors } from "./rope-scaling.ts";
import { ggufTensorNames } from "./tensor-names.ts";

/** Left behind by old converters; the config says the same. */
const idle = /^(?:rope\.freqs|blk\.\d+\.attn_rot_embd(?:\.weight)?|blk\.\d+\.attn\.rope\.freqs)$/;

/**
 * The weights of a GGUF model under the paths and with the values of a Hugging Face checkpoint; block-quantised ones stay
 * as they are. Rows of q and k keep the file's order, for which the config has the pairing.
 */
export class GgufCheckpoint implements CheckpointReader {
  readonly #reader: GgufReader;
  readonly #normsPlusOne: boolean;
  /** Path → name in the file. */
  readonly #names: ReadonlyMap<string, string>;

  /** @throws GgufError for tensors that a model of these traits has no place for: it would compute something else */
  constructor(reader: GgufReader, traits: DecoderTraits, normsPlusOne: boolean) {
    this.#reader = reader;
    this.#normsPlusOne = normsPlusOne;
    this.#names = new Map([...ggufTensorNames(traits)].filter(([, name]) => reader.has(name)));
    const placed = new Set<string>([...this.#names.values(), ...ropeTensors]);
    const stray = reader.names().find((name) => !placed.has(name) && !idle.test(name));
    if (stray !== undefined)
      throw new GgufError(
        reader.name,
        `holds tensor ${JSON.stringify(stray.slice(0, 80))}, which has no place in a model of its architecture`,
        { tensor: stray },
      );
  }

  names(): readonly string[] {
    return [...this.#names.keys()];
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  info(path: string): TensorInfo {
    const info = this.#reader.info(this.#nameOf(path));
    return { ...info, name: path, ...(this.#isShifted(path) && { dtype: "f32" }) };
  }

  async readBytes(path: string): Promise<Uint8Array> {
    const name = this.#nameOf(path);
    const bytes = await this.#reader.readBytes(name);
    if (!this.#isShifted(path)) return bytes;
    const { dtype } = this.#reader.info(name);
    if (!isDType(dtype)) throw new GgufError(this.#reader.name, `tensor "${name}" is a norm stored as ${dtype}`);
    const { bytes: width, view, decode } = dtypes[dtype];
    const stored = view(bytes.buffer, bytes.byteOffset, bytes.length / width);
    return new Uint8Array(Float32Array.from(stored, (value) => decode(value) - 1).buffer);
  }

  async readSlice(path: string, begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> {
    if (this.#isShifted(path)) return (await this.readBytes(path)).slice(begin, end);
    const name = this.#nameOf(path);
    const read = this.#reader.readSlice?.bind(this.#reader);
    return read ? read(name, begin, end, into) : (await this.#reader.readBytes(name)).slice(begin, end);
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #nameOf(path: string): string {
    // What is not there is named as it was asked for.
    return this.#names.get(path) ?? path;
  }

  #isShifted(path: string): boolean {
    return this.#normsPlusOne && /norm\.weight$/.test(this.#nameOf(path));
  }
}
