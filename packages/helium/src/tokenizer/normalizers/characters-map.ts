import { forEachByte } from "../unicode/byte-alphabet.ts";
import { TokenizerError } from "../../errors.ts";

/** What stands for a stretch of text: `[start, end)` becomes `text`. */
export interface Replacement {
  readonly end: number;
  readonly text: string;
}

/**
 * SentencePiece's precompiled characters map: a double-array trie over the UTF-8 bytes of what is to be replaced, whose
 * values are places in a table of NUL-terminated replacements. A unit holds its label in bits 0–7, "a key ends below" in
 * bit 8, and the offset of its children in bits 10–30, times 256 where bit 9 is set.
 *
 * Layout: `u32 n`, n bytes of units (u32 each), the table; all little-endian.
 * Source: Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array Structure" (1989); the Darts-clone library.
 */
export class CharactersMap {
  /** As it was read. */
  readonly bytes: Uint8Array;
  readonly #units: Uint32Array;
  readonly #table: Uint8Array;

  /** @throws RangeError for bytes that are no such map */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const size = bytes.length < 4 ? -1 : view.getUint32(0, true);
    if (size <= 0 || size % 4 !== 0 || size + 4 >= bytes.length || bytes.at(-1) !== 0) {
      throw new RangeError(`is not a characters map: ${bytes.length} bytes, of which the trie claims ${size}`);
    }
    this.bytes = bytes;
    this.#units = Uint32Array.from({ length: size / 4 }, (_, unit) => view.getUint32(4 + 4 * unit, true));
    this.#table = bytes.slice(4 + size);
  }

  /** The replacement of the longest key that `text` has at `start`; null if there is none. */
  longestMatch(text: string, start: number): Replacement | null {
    let node = childrenOf(this.#unit(0));
    let found: { readonly end: number; readonly value: number } | null = null;
    let isDead = false;
    for (let at = start; at < text.length && !isDead;) {
      const character = text.codePointAt(at) ?? 0;
      at += character > 0xffff ? 2 : 1;
      let value = -1;
      forEachByte(character, (byte) => {
        if (isDead) return;
        const next = (node ^ byte) >>> 0;
        const unit = byte === 0 ? 0 : this.#unit(next);
        isDead = byte === 0 || (unit & 0x8000_00ff) >>> 0 !== byte;
        if (isDead) return;
        node = (next ^ childrenOf(unit)) >>> 0;
        value = (unit & 0x100) === 0 ? -1 : this.#unit(node) & 0x7fff_ffff;
      });
      if (!isDead && value >= 0) found = { end: at, value };
    }
    return found === null ? null : { end: found.end, text: this.#replacement(found.value) };
  }

  #unit(index: number): number {
    const unit = this.#units[index];
    if (unit !== undefined) return unit;
    throw damaged(`points to unit ${index} of ${this.#units.length}`);
  }

  #replacement(offset: number): string {
    const end = this.#table.indexOf(0, offset);
    if (offset >= this.#table.length || end < 0) throw damaged(`points to byte ${offset} of ${this.#table.length}`);
    return new TextDecoder().decode(this.#table.subarray(offset, end));
  }
}

const childrenOf = (unit: number): number => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;

const damaged = (problem: string): TokenizerError =>
  new TokenizerError("tokenizer", { field: "precompiled_charsmap", problem, mend: "download the tokenizer again" });
