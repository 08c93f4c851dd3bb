import { forEachByte } from "../unicode/byte-alphabet.ts";
import { isHighSurrogate } from "../aligned-text.ts";
import { describe, isWellFormed, type JsonNode } from "../json-node.ts";
import { bytePiece, bytePieceIds } from "./pieces.ts";
import { maxIds, type EmitToken, type TokenizerModel } from "../stages.ts";
import { Trie } from "./trie.ts";
import { TokenizerError } from "../../errors.ts";

/** How much worse than the worst piece an unknown character scores. */
const unknownPenalty = 10;

export interface UnigramOptions {
  /** The pieces by id; of a piece listed twice the last one counts. */
  readonly pieces: readonly string[];
  /** The log-probability of each piece. */
  readonly scores: Float64Array;
  /** The id of the unknown piece; null if every text is to be covered by pieces. */
  readonly unkId: number | null;
  /** Whether unknown characters become the pieces of their UTF-8 bytes. */
  readonly byteFallback: boolean;
  /** Pieces that stand for no text of their own; default none. */
  readonly inert?: ReadonlySet<number>;
  /** The score that an unknown one falls below; default: the lowest of all. */
  readonly lowestScore?: number;
  /** How sums are rounded, which decides near ties; default f64. */
  readonly precision?: "f32" | "f64";
}

/**
 * The Unigram language model: of all ways to cut a text into pieces the one with the largest sum of scores,
 * `argmax Σ score(piece)`, found by Viterbi over the positions of the text. A character that no piece of its own
 * covers may be unknown, at the lowest score − 10; neighbouring unknown characters are one token, which becomes its
 * UTF-8 bytes `<0xNN>` under byte fallback. Sums are taken from left to right, in double precision by the tokenizers
 * library and in single by SentencePiece (before 0.2.3 it compared sums before they were rounded); of equal sums the first
 * found wins, i.e. the one whose last piece is longest.
 *
 * Time is proportional to text length × longest piece.
 * Source: Kudo, "Subword Regularization" (2018), §3.2; the tokenizers library for ties and unknown characters.
 */
export class UnigramModel implements TokenizerModel {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #pieces: readonly string[];
  readonly #scores: Float64Array;
  readonly #unkId: number | null;
  readonly #unkScore: number;
  readonly #bytes: Int32Array | null;
  readonly #trie: Trie;
  readonly #isSingle: boolean;
  /** Viterbi state by position: best sum, start and id of the last piece. Reused from call to call. */
  #best = new Float64Array(0);
  #start = new Int32Array(0);
  #id = new Int32Array(0);

  constructor(options: UnigramOptions) {
    this.#pieces = options.pieces;
    this.#scores = options.scores;
    this.#unkId = options.unkId;
    const { inert = new Set<number>() } = options;
    const lowest = options.lowestScore ?? options.scores.reduce((low, score) => Math.min(low, score), Infinity);
    this.vocab = new Map(options.pieces.map((piece, id) => [piece, id] as const));
    this.#bytes = options.byteFallback ? bytePieceIds(this.vocab) : null;
    this.#trie = new Trie(inert.size === 0 ? this.vocab : new Map([...this.vocab].filter(([, id]) => !inert.has(id))));
    this.#isSingle = options.precision === "f32";
    const unkScore = lowest - unknownPenalty;
    this.#unkScore = this.#isSingle ? Math.fround(unkScore) : unkScore;
  }

  get vocabSize(): number {
    return this.#pieces.length;
  }

  idToToken(id: number): string | undefined {
    return this.#pieces[id];
  }

  tokenize(text: string, emit: EmitToken): void {
    if (text.length === 0) return;
    this.#viterbi(text);
    const starts = this.#start;
    const ids = this.#id;
    // The best path is read from its end; #start is turned around in place to hold the end of each piece.
    let end = text.length;
    let following = -1;
    while (end > 0) {
      const start = starts[end] as number;
      starts[end] = following;
      following = end;
      end = start;
    }
    for (let start = 0; following >= 0;) {
      let stop = following;
      const id = ids[stop] as number;
      following = starts[stop] as number;
      if (id !== this.#unkId) {
        emit(id, this.#pieces[id] as string, start, stop);
      } else {
        while (following >= 0 && ids[following] === id) {
          stop = following;
          following = starts[stop] as number;
        }
        this.#emitUnknown(text.slice(start, stop), emit, start, stop);
      }
      start = stop;
    }
  }

  /** Fills `#start[end]` and `#id[end]` with the last piece of the best cut of `text[0, end)`. */
  #viterbi(text: string): void {
    const length = text.length;
    if (this.#best.length <= length) {
      const capacity = Math.max(length + 1, this.#best.length * 2);
      this.#best = new Float64Array(capacity);
      this.#start = new Int32Array(capacity);
      this.#id = new Int32Array(capacity);
    }
    const [best, starts, ids, trie, scores] = [this.#best, this.#start, this.#id, this.#trie, this.#scores];
    const isSingle = this.#isSingle;
    starts.fill(-1, 0, length + 1);
    best[0] = 0;
    for (let position = 0; position < length;) {
      const bestHere = best[position] as number;
      const nextCharacter = position + (isHighSurrogate(text.charCodeAt(position)) ? 2 : 1);
      let isCovered = false;
      let node = trie.root;
      for (let at = position; at < length;) {
        node = trie.child(node, text.charCodeAt(at++));
        if (node < 0) break;
        const id = trie.value(node);
        if (id < 0) continue;
        const exact = (scores[id] as number) + bestHere;
        const sum = isSingle ? Math.fround(exact) : exact;
        if ((starts[at] as number) < 0 || sum > (best[at] as number)) {
          best[at] = sum;
          starts[at] = position;
          ids[at] = id;
        }
        if (at === nextCharacter) isCovered = true;
      }
      if (!isCovered) {
        const exact = this.#unkScore + bestHere;
        const sum = isSingle ? Math.fround(exact) : exact;
        if ((starts[nextCharacter] as number) < 0 || sum > (best[nextCharacter] as number)) {
          best[nextCharacter] = sum;
          starts[nextCharacter] = position;
          ids[nextCharacter] = this.#requireUnk(text.slice(position, nextCharacter));
        }
      }
      position = nextCharacter;
    }
  }

  #requireUnk(unknown: string): number {
    if (this.#unkId !== null) return this.#unkId;
    throw new TokenizerError("tokenizer", {
      field: "text",
      problem: `holds ${JSON.stringify(unknown)}, which no piece covers, and the model has no unk_id`,
      mend: "set model.unk_id in tokenizer.json or remove the character",
      details: { unknown },
    });
  }

  #emitUnknown(text: string, emit: EmitToken, start: number, end: number): void {
    const known = this.vocab.get(text);
    if (known !== undefined) return emit(known, text, start, end);
    const bytes: number[] = [];
    let isComplete = this.#bytes !== null;
    if (this.#bytes !== null) {
      for (const character of text) {
        forEachByte(character.codePointAt(0) ?? 0, (byte) => {
          bytes.push(byte);
          isComplete &&= (this.#bytes?.[byte] ?? -1) >= 0;
        });
      }
    }
    if (!isComplete) return emit(this.#requireUnk(text), text, start, end);
    for (const byte of bytes) emit(this.#bytes?.[byte] ?? 0, bytePiece(byte), start, end);
  }
}

/** `{ "type": "Unigram", "vocab": [[piece, score], …], "unk_id": u, "byte_fallback": b }` */
export const readUnigram = (node: JsonNode): TokenizerModel => {
  const vocab = node.get("vocab");
  const entries = vocab.list();
  if (entries.length >= maxIds) throw vocab.error(`has ${entries.length} entries, expected fewer than ${maxIds}`);
  const scores = new Float64Array(entries.length);
  const pieces = entries.map((entry, id) => {
    const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof piece !== "string" || !isWellFormed(piece) || typeof score !== "number" || !Number.isFinite(score)) {
      throw vocab.at(id).error(`${describe(entry)}, expected [piece, score] with a string and a finite number`);
    }
    scores[id] = score;
    return piece;
  });
  const unkId = node.get("unk_id");
  return new UnigramModel({
    pieces,
    scores,
    unkId: unkId.isMissing ? null : unkId.index(pieces.length),
    byteFallback: node.get("byte_fallback").boolean(false),
  });
};
