import { forEachByte } from "../unicode/byte-alphabet.ts";
import { TokenizerError } from "../../errors.ts";
import { quoted } from "../json-node.ts";
import { bytePieceIds } from "./pieces.ts";
import { MergeTable, type Merge } from "./merge-table.ts";
import type { EmitToken, TokenizerModel } from "../stages.ts";
import { PairMerger } from "./pair-merger.ts";

export interface BpeOptions {
  readonly vocab: ReadonlyMap<string, number>;
  /** The merges in ascending rank. */
  readonly merges: readonly Merge[];
  /** The token for unknown characters; without one they vanish. */
  readonly unkToken: string | null;
  /** Whether neighbouring unknown characters are one token. */
  readonly fuseUnk: boolean;
  /** Whether unknown characters become the pieces of their UTF-8 bytes. */
  readonly byteFallback: boolean;
  /** Whether a text that is a token as a whole is taken as it is. */
  readonly ignoreMerges: boolean;
  /** What marks a character that does not begin its text, and one that ends it. */
  readonly continuingSubwordPrefix: string;
  readonly endOfWordSuffix: string;
}

/** Words up to this many units are remembered, at most `cacheCapacity` of them. */
const cacheWordLimit = 64;
const cacheCapacity = 16_384;

interface Token {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Byte pair encoding: a text begins as its characters; while neighbours form a listed merge, the pair of lowest rank
 * (of equal ranks the leftmost) becomes one token.
 * Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016), §3.2; the tokenizers
 * library for unknown characters.
 */
export class BpeModel implements TokenizerModel {
  readonly vocab: ReadonlyMap<string, number>;
  readonly #options: BpeOptions;
  readonly #tokens: string[] = [];
  readonly #unkId: number | undefined;
  readonly #bytes: Int32Array | null;
  readonly #merger: PairMerger;
  readonly #cache = new Map<string, readonly Token[]>();

  constructor(options: BpeOptions) {
    this.#options = options;
    this.vocab = options.vocab;
    for (const [token, id] of options.vocab) this.#tokens[id] = token;
    this.#merger = new PairMerger(new MergeTable(options.merges));
    this.#unkId = options.unkToken === null ? undefined : options.vocab.get(options.unkToken);
    this.#bytes = options.byteFallback ? bytePieceIds(options.vocab) : null;
  }

  get vocabSize(): number {
    return this.vocab.size;
  }

  idToToken(id: number): string | undefined {
    return this.#tokens[id];
  }

  tokenize(text: string, emit: EmitToken): void {
    if (text.length > cacheWordLimit) {
      this.#encode(text, (id, start, end) => emit(id, this.#tokens[id] as string, start, end));
      return;
    }
    for (const { id, start, end } of this.#cached(text)) emit(id, this.#tokens[id] as string, start, end);
  }

  #cached(text: string): readonly Token[] {
    const known = this.#cache.get(text);
    if (known !== undefined) return known;
    const tokens: Token[] = [];
    this.#encode(text, (id, start, end) => tokens.push({ id, start, end }));
    if (this.#cache.size >= cacheCapacity) this.#cache.clear();
    this.#cache.set(text, tokens);
    return tokens;
  }

  #encode(text: string, visit: (id: number, start: number, end: number) => void): void {
    if (text === "") return;
    const whole = this.#options.ignoreMerges ? this.vocab.get(text) : undefined;
    if (whole !== undefined) return visit(whole, 0, text.length);
    this.#merger.clear();
    this.#characters(text);
    this.#merger.mergeAll();
    this.#merger.forEach(visit);
  }

  /** Gives the merger the tokens of the single characters. Unknown ones wait until a known one follows, as in the reference. */
  #characters(text: string): void {
    const { continuingSubwordPrefix, endOfWordSuffix, unkToken, fuseUnk } = this.#options;
    let unknown = null as Token | null;
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      const form =
        (start > 0 ? continuingSubwordPrefix : "") + character + (end === text.length ? endOfWordSuffix : "");
      const id = this.vocab.get(form);
      if (id !== undefined) {
        if (unknown !== null) this.#merger.push(unknown.id, unknown.start, unknown.end);
        unknown = null;
        this.#merger.push(id, start, end);
      } else if (!this.#pushBytes(form, start, end) && unkToken !== null) {
        const fused: Token | null = fuseUnk ? unknown : null;
        if (unknown !== null && fused === null) this.#merger.push(unknown.id, unknown.start, unknown.end);
        unknown = { id: this.#requireUnk(unkToken), start: fused?.start ?? start, end };
      }
      start = end;
    }
    if (unknown !== null) this.#merger.push(unknown.id, unknown.start, unknown.end);
  }

  /** Appends the byte pieces of `form` if the vocabulary has them all. */
  #pushBytes(form: string, start: number, end: number): boolean {
    const pieces = this.#bytes;
    if (pieces === null) return false;
    const ids: number[] = [];
    for (const character of form) {
      forEachByte(character.codePointAt(0) ?? 0, (byte) => ids.push(pieces[byte] as number));
    }
    if (ids.includes(-1)) return false;
    for (const id of ids) this.#merger.push(id, start, end);
    return true;
  }

  #requireUnk(unkToken: string): number {
    if (this.#unkId !== undefined) return this.#unkId;
    throw new TokenizerError("tokenizer", {
      field: "model.unk_token",
      problem: `is ${quoted(unkToken)}, which is not in the vocabulary, but the text needs it`,
      mend: "add the token to model.vocab in tokenizer.json",
    });
  }
}
