import { characterEnd } from "../aligned-text.ts";
import { forEachByte } from "../unicode/byte-alphabet.ts";
import { TokenizerError } from "../../errors.ts";
import { bytePiece, bytePieceIds, rankPieces, type ScoredPieces } from "./pieces.ts";
import { MinHeap } from "./min-heap.ts";
import type { EmitToken, TokenizerModel } from "../stages.ts";

/** A heap key is rank · 2³¹ + position: the best score first, of equal scores the leftmost. */
const positions = 2 ** 31;

/**
 * SentencePiece's byte pair encoding: a text begins as its characters; while two neighbours join to a piece of the
 * vocabulary, the pair whose piece has the highest score (of equal scores the leftmost) becomes one. There is no list of
 * merges, so a pair is joined whatever its two sides are. Unused pieces fall apart again into what they were joined from.
 * What is no piece in the end becomes byte pieces, or one unknown token per run.
 *
 * Source: the SentencePiece library's BPE model; llama.cpp's "SPM" vocabulary is the same rule.
 */
export class ScoredBpeModel implements TokenizerModel {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #pieces: ScoredPieces;
  readonly #ranks: ReadonlyMap<string, number>;
  /** Units of the longest piece. */
  readonly #longest: number;
  readonly #bytes: Int32Array | null;
  readonly #heap = new MinHeap();

  constructor(pieces: ScoredPieces) {
    this.#pieces = pieces;
    this.vocab = new Map(pieces.texts.map((text, id) => [text, id] as const));
    this.#ranks = rankPieces(pieces);
    this.#longest = pieces.texts.reduce((longest, text) => Math.max(longest, text.length), 0);
    this.#bytes = pieces.byteFallback ? bytePieceIds(this.vocab) : null;
  }

  get vocabSize(): number {
    return this.#pieces.texts.length;
  }

  idToToken(id: number): string | undefined {
    return this.#pieces.texts[id];
  }

  tokenize(text: string, emit: EmitToken): void {
    const whole = this.vocab.get(text);
    if (whole !== undefined && this.#pieces.whole.has(whole)) return emit(whole, text, 0, text.length);
    let unknownStart = -1;
    const endUnknown = (end: number): void => {
      if (unknownStart >= 0) emit(this.#requireUnk(), text.slice(unknownStart, end), unknownStart, end);
      unknownStart = -1;
    };
    for (const [start, end] of this.#mergeAll(text)) {
      const piece = text.slice(start, end);
      const id = this.#ranks.has(piece) ? this.vocab.get(piece) : undefined;
      if (id !== undefined) {
        endUnknown(start);
        emit(id, piece, start, end);
      } else if (this.#bytes !== null) {
        this.#emitBytes(piece, start, end, emit);
      } else if (unknownStart < 0) {
        unknownStart = start;
      }
    }
    endUnknown(text.length);
  }

  /** The ranges `[start, end)` that are left when nothing can be joined any more. */
  #mergeAll(text: string): (readonly [number, number])[] {
    const { length } = text;
    // The parts touch: the end of one is the start of the next. 0 where no part starts.
    const ends = new Int32Array(length);
    const previous = new Int32Array(length);
    for (let start = 0, before = -1; start < length; start = ends[start] as number) {
      ends[start] = characterEnd(text, start);
      previous[start] = before;
      before = start;
    }
    /** Units of the left side of each unused piece, when it last could be joined. */
    const leftSides = new Map<string, number>();
    const heap = this.#heap;
    heap.clear();
    const offer = (left: number): void => {
      const rank = this.#rankAt(text, left, ends, leftSides);
      if (rank >= 0) heap.push(rank * positions + left);
    };
    for (let left = 0; left < length; left = ends[left] as number) offer(left);
    while (heap.size > 0) {
      const key = heap.pop();
      const left = key % positions;
      // The entry is stale unless what stands here now joins with the same score.
      if (this.#rankAt(text, left, ends, null) !== Math.floor(key / positions)) continue;
      const right = ends[left] as number;
      const end = ends[right] as number;
      ends[left] = end;
      ends[right] = 0;
      if (end < length) previous[end] = left;
      if ((previous[left] as number) >= 0) offer(previous[left] as number);
      offer(left);
    }
    const ranges: (readonly [number, number])[] = [];
    for (let start = 0; start < length; start = ends[start] as number) {
      this.#pushUsed(text, start, ends[start] as number, leftSides, ranges);
    }
    return ranges;
  }

  /** Rank of the piece that the part at `left` and the one behind it join to, or −1. */
  #rankAt(text: string, left: number, ends: Int32Array, leftSides: Map<string, number> | null): number {
    const right = ends[left] as number;
    if (right === 0 || right === text.length) return -1;
    const end = ends[right] as number;
    if (end - left > this.#longest) return -1;
    const piece = text.slice(left, end);
    const rank = this.#ranks.get(piece) ?? -1;
    if (rank >= 0 && leftSides !== null && this.#isUnused(piece)) leftSides.set(piece, right - left);
    return rank;
  }

  #isUnused(piece: string): boolean {
    const { unused } = this.#pieces;
    return unused.size > 0 && unused.has(this.vocab.get(piece) ?? -1);
  }

  #pushUsed(
    text: string,
    start: number,
    end: number,
    leftSides: ReadonlyMap<string, number>,
    ranges: (readonly [number, number])[],
  ): void {
    const piece = text.slice(start, end);
    const left = this.#isUnused(piece) ? leftSides.get(piece) : undefined;
    if (left === undefined) {
      ranges.push([start, end]);
      return;
    }
    this.#pushUsed(text, start, start + left, leftSides, ranges);
    this.#pushUsed(text, start + left, end, leftSides, ranges);
  }

  #emitBytes(piece: string, start: number, end: number, emit: EmitToken): void {
    for (const character of piece) {
      forEachByte(character.codePointAt(0) ?? 0, (byte) => {
        const id = this.#bytes?.[byte] ?? -1;
        emit(id < 0 ? this.#requireUnk() : id, bytePiece(byte), start, end);
      });
    }
  }

  #requireUnk(): number {
    const { unkId } = this.#pieces;
    if (unkId !== null) return unkId;
    throw new TokenizerError("tokenizer", {
      field: "text",
      problem: "holds a character that no piece covers, and the vocabulary has no unknown piece",
      mend: "remove the character",
    });
  }
}
