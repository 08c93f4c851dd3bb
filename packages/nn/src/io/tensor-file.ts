import { quoted, type CheckpointError } from "../errors.ts";
import { exactly, type ByteSource } from "./bytes/byte-source.ts";
import type { CheckpointReader, TensorInfo } from "./checkpoint-reader.ts";

/** Where a tensor lies in a file. */
export interface TensorPlace {
  readonly shape: readonly number[];
  /** First byte in the file. */
  readonly begin: number;
  /** One past the last byte in the file. */
  readonly end: number;
}

/** How the elements of a tensor lie in a file. */
export interface ElementType {
  /** The file's own name of it. */
  readonly name: string;
  /** What a tensor holds it as; null: none can. */
  readonly dtype: TensorInfo["dtype"] | null;
  /** Stored bytes, alone in their buffer, to elements of `dtype`; absent where they are the same. Throws a RangeError. */
  readonly convert?: (bytes: Uint8Array) => Uint8Array;
}

/** In what the formats of files differ. */
export interface FileFormat<Place extends TensorPlace> {
  readonly Refusal: new (...args: ConstructorParameters<typeof CheckpointError>) => CheckpointError;
  readonly typeOf: (place: Place) => ElementType;
  /** What is wrong with a type that no tensor can hold, and the mend; goes on from "is stored as Q8_K, ". */
  readonly unreadable: string;
}

/** One file with named tensors, each a range of its bytes. */
export class TensorFile<Place extends TensorPlace> implements CheckpointReader {
  readonly name: string;
  readonly #source: ByteSource;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #format: FileFormat<Place>;

  /** Takes over the source: it is closed with the file. */
  constructor(source: ByteSource, places: ReadonlyMap<string, Place>, format: FileFormat<Place>) {
    this.name = source.name;
    this.#source = source;
    this.#places = places;
    this.#format = format;
  }

  /** In the order of their bytes. */
  names(): readonly string[] {
    return [...this.#places.keys()];
  }

  has(name: string): boolean {
    return this.#places.has(name);
  }

  /** Where and how the file stores a tensor. */
  entry(name: string): Place {
    const place = this.#places.get(name);
    if (place) return place;
    const { Refusal } = this.#format;
    throw new Refusal(this.name, `has no tensor ${quoted(name)}; it holds ${this.#places.size}`, { tensor: name });
  }

  info(name: string): TensorInfo {
    const place = this.entry(name);
    const type = this.#format.typeOf(place);
    const { shape, begin, end } = place;
    return { name, dtype: type.dtype ?? (type.name as TensorInfo["dtype"]), shape, storedBytes: end - begin };
  }

  /** Quantised tensors come as the blocks that `QuantMatrix.fromBlocks` takes. */
  async readBytes(name: string): Promise<Uint8Array> {
    const place = this.entry(name);
    const { Refusal, typeOf, unreadable } = this.#format;
    const { name: given, dtype, convert } = typeOf(place);
    if (dtype === null)
      throw new Refusal(this.name, `tensor ${quoted(name)} is stored as ${given}, ${unreadable}`, {
        tensor: name,
        given,
      });
    const bytes = await this.readRange(place.begin, place.end);
    try {
      return convert ? convert(bytes) : bytes;
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      const message = `tensor ${quoted(name)} (${given}): ${cause.message}`;
      throw new Refusal(this.name, message, { tensor: name, given }, { cause });
    }
  }

  async readSlice(name: string, first: number, last: number, into?: Uint8Array): Promise<Uint8Array> {
    const place = this.entry(name);
    const { dtype, convert } = this.#format.typeOf(place);
    if (dtype === null || convert) return (await this.readBytes(name)).slice(first, last);
    return this.readRange(place.begin + first, place.begin + last, into);
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /** Bytes `begin … end` of the file. */
  protected async readRange(begin: number, end: number, into?: Uint8Array): Promise<Uint8Array> {
    return exactly(this.name, begin, end - begin, await this.#source.read(begin, end - begin, into), into);
  }
}

/** What `open` makes of a source; where it is refused, the source is closed. */
export async function openedOrClosed<T>(source: ByteSource, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await source.close();
    throw error;
  }
}
