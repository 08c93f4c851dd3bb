import { exactly, type ByteSource } from "../bytes/byte-source.ts";

/** Bytes of the first read; later ones double, up to the largest. */
const firstRead = 2 ** 16;
const largestRead = 2 ** 22;

/**
 * Walks through a file by a window of a few megabytes. The reads of numbers are synchronous and need `available` bytes;
 * `fill` brings them in. Only what is taken is ever copied, so a length that lies costs nothing.
 */
export class GgufCursor {
  readonly size: number;
  readonly #source: ByteSource;
  readonly #fail: (reason: string) => never;
  #window: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  /** Place of the window in the file, and of the next byte in the window. */
  #start = 0;
  #at = 0;
  #nextRead = firstRead;

  constructor(source: ByteSource, fail: (reason: string) => never) {
    this.size = source.size;
    this.#source = source;
    this.#fail = fail;
  }

  /** Place in the file of the next byte. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Bytes of the file that follow. */
  get remaining(): number {
    return this.size - this.position;
  }

  /** Bytes that can be taken without a read. */
  get available(): number {
    return this.#window.length - this.#at;
  }

  /** Reads on until `length` bytes are available. */
  async fill(length: number): Promise<void> {
    const { position, remaining } = this;
    if (length > remaining) this.#fail(`ends ${length - remaining} bytes too early at byte ${this.size}`);
    const wanted = Math.min(Math.max(length, this.#nextRead), remaining);
    this.#nextRead = Math.min(2 * this.#nextRead, largestRead);
    this.#window = exactly(this.#source.name, position, wanted, await this.#source.read(position, wanted));
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.length);
    this.#start = position;
    this.#at = 0;
  }

  /** Passes over `length` bytes; those beyond the window are not read. */
  skip(length: number): void {
    if (length > this.remaining) this.#fail(`ends ${length - this.remaining} bytes too early at byte ${this.size}`);
    if (length <= this.available) {
      this.#at += length;
      return;
    }
    this.#start = this.position + length;
    this.#at = 0;
    this.#window = new Uint8Array(0);
  }

  /** Passes over texts (a u64 of bytes, then these) as long as the window holds them whole; gives how many of `most` it did. */
  skipTexts(most: number): number {
    const view = this.#view;
    const end = this.#window.length - 8;
    let at = this.#at;
    let passed = 0;
    for (; passed < most && at <= end; passed++) {
      const next = at + 8 + view.getUint32(at, true);
      if (next > end + 8 || view.getUint32(at + 4, true) !== 0) break;
      at = next;
    }
    this.#at = at;
    return passed;
  }

  /** The next `length` bytes; valid until the next `fill`. */
  take(length: number): Uint8Array {
    const bytes = this.#window.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  u32(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  /** A u64 that counts something. */
  u64(what: string): number {
    const high = this.#view.getUint32(this.#at + 4, true);
    this.#at += 8;
    if (high < 2 ** 21) return high * 2 ** 32 + this.#view.getUint32(this.#at - 8, true);
    return this.#fail(`claims ${this.#view.getBigUint64(this.#at - 8, true)} as ${what}`);
  }
}
