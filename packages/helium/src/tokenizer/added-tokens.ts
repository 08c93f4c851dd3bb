import { AlignedText, isLowSurrogate } from "./aligned-text.ts";
import { Trie } from "./models/trie.ts";
import { leadingSpaceEnd, trailingSpaceStart } from "./normalizers/strip.ts";
import type { Normalizer } from "./stages.ts";
import { pinnedSet } from "./regex/pinned-set.ts";
import { lazy } from "./unicode/lazy.ts";

/** A token that is found in the text before the model sees it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Only match where no word character touches it. */
  readonly singleWord: boolean;
  /** Take the white space on its left, on its right, with it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Match its normalized form in the normalized text. */
  readonly normalized: boolean;
  /** Leave it out when special tokens are skipped in decoding. */
  readonly special: boolean;
}

/** A piece of text, or a place where the added token with this id was found. */
export interface AddedTokenSplit {
  readonly text: AlignedText;
  readonly id: number | null;
}

const isWord = lazy(() => pinnedSet(String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`));

/** One automaton over the contents of some added tokens. */
class Splitter {
  readonly #trie: Trie;
  readonly #tokens: ReadonlyMap<number, AddedToken>;

  constructor(contents: ReadonlyMap<string, number>, tokens: ReadonlyMap<number, AddedToken>) {
    this.#trie = new Trie(contents);
    this.#tokens = tokens;
  }

  /** Cuts `source` at the leftmost, longest matches; matches that a flag refuses still use up their text. */
  split(source: AlignedText, skipSpecial: boolean): AddedTokenSplit[] {
    const { text } = source;
    const splits: AddedTokenSplit[] = [];
    let done = 0;
    // Where the white space ends that the last `rstrip` token took; tokens within it end there too.
    let spaceEnd = 0;
    const push = (start: number, end: number, id: number | null): void => {
      if (start < end) splits.push({ text: source.slice(start, end), id });
    };
    for (let at = 0; at < text.length;) {
      const match = this.#trie.longestMatch(text, at);
      if (match === null) {
        at++;
        continue;
      }
      const token = this.#tokens.get(match.value);
      const matchStart = at;
      at = match.end;
      if (token === undefined || (skipSpecial && token.special)) continue;
      if (token.singleWord && touchesWord(text, matchStart, match.end)) continue;
      const start = token.lstrip ? Math.max(trailingSpaceStart(text, matchStart, done), done) : matchStart;
      if (token.rstrip) spaceEnd = leadingSpaceEnd(text, match.end, spaceEnd);
      const end = token.rstrip ? spaceEnd : match.end;
      push(done, start, null);
      push(start, end, token.id);
      done = end;
    }
    push(done, text.length, null);
    return splits;
  }
}

const touchesWord = (text: string, start: number, end: number): boolean => {
  const before = start - (isLowSurrogate(text.charCodeAt(start - 1)) ? 2 : 1);
  return [before, end].some((at) => {
    const codePoint = text.codePointAt(at);
    return codePoint !== undefined && isWord()(codePoint);
  });
};

/**
 * The added tokens of a tokenizer. Encoding first cuts the text at the tokens that are not normalized, then normalizes
 * the parts between and cuts these at the normalized tokens.
 */
export class AddedTokens {
  readonly tokens: ReadonlyMap<number, AddedToken>;
  /** Contents and ids. */
  readonly ids: ReadonlyMap<string, number>;
  readonly #plain: Splitter | null;
  readonly #normalized: Splitter | null;
  /** What a normalized token looks like to the decoder, where that is not its content. */
  readonly #normalizedContents = new Map<number, string>();
  readonly #normalize: Normalizer;

  constructor(tokens: readonly AddedToken[], normalize: Normalizer) {
    this.tokens = new Map(tokens.map((token) => [token.id, token] as const));
    this.ids = new Map(tokens.map((token) => [token.content, token.id] as const));
    this.#normalize = normalize;
    const plain = new Map<string, number>();
    const normalized = new Map<string, number>();
    for (const { id, content, normalized: isNormalized } of this.tokens.values()) {
      if (!isNormalized) {
        plain.set(content, id);
        continue;
      }
      const form = normalize(AlignedText.of(content)).text;
      normalized.set(form, id);
      if (form !== content) this.#normalizedContents.set(id, form);
    }
    this.#plain = plain.size > 0 ? new Splitter(plain, this.tokens) : null;
    this.#normalized = normalized.size > 0 ? new Splitter(normalized, this.tokens) : null;
  }

  /** Cuts the original text at the tokens that are not normalized. Empty parts are left out. */
  cutOriginal(source: AlignedText, skipSpecial: boolean): AddedTokenSplit[] {
    return this.#plain?.split(source, skipSpecial) ?? (source.text === "" ? [] : [{ text: source, id: null }]);
  }

  /** Normalizes a part of the original without a token and cuts it at the normalized tokens. */
  cutNormalized(part: AlignedText, skipSpecial: boolean): AddedTokenSplit[] {
    const text = this.#normalize(part);
    if (text.text === "") return [];
    return this.#normalized?.split(text, skipSpecial) ?? [{ text, id: null }];
  }

  /** The text of the token as the decoder sees it. */
  decoded(id: number): string | undefined {
    return this.#normalizedContents.get(id) ?? this.tokens.get(id)?.content;
  }

  isSpecial(id: number): boolean {
    return this.tokens.get(id)?.special ?? false;
  }
}
