import { AddedTokens, type AddedToken } from "./added-tokens.ts";
import { AlignedText, codePointIndex, Growth } from "./aligned-text.ts";
import type { Decoder, TokenSink } from "./decoders/decoder.ts";
import { joinWithSpaces, readDecoder } from "./decoders/index.ts";
import { Encoding } from "./encoding.ts";
import { describe, quoted, type JsonNode } from "./json-node.ts";
import { readModel } from "./models/index.ts";
import { maxIds, type TokenizerModel, type Normalizer, type PostProcessor, type PreTokenizer } from "./stages.ts";
import { readNormalizer } from "./normalizers/index.ts";
import { keepAsIs, readPostProcessor } from "./post-processors/index.ts";
import { readPreTokenizer } from "./pre-tokenizers/index.ts";
import { ShortParts } from "./short-parts.ts";
import { utf8Bytes } from "./unicode/utf8-bytes.ts";

/** The parts of a tokenizer.json. */
export interface PipelineParts {
  readonly normalizer: Normalizer;
  readonly preTokenizer: PreTokenizer;
  readonly model: TokenizerModel;
  readonly postProcessor: PostProcessor;
  readonly decoder: Decoder;
  readonly addedTokens: readonly AddedToken[];
}

/** Units of text between two places where an encoding may pause. */
const unitsOfStep = 8192;

/** Text to tokens and back: added tokens → normalizer → pre-tokenizer → model, and the decoder the other way. */
export class Pipeline {
  readonly model: TokenizerModel;
  readonly added: AddedTokens;
  readonly postProcessor: PostProcessor;
  readonly #preTokenizer: PreTokenizer;
  readonly #decoder: Decoder;
  readonly #shortParts = new ShortParts();

  constructor(parts: PipelineParts) {
    this.model = parts.model;
    this.postProcessor = parts.postProcessor;
    this.#preTokenizer = parts.preTokenizer;
    this.#decoder = parts.decoder;
    this.added = new AddedTokens(parts.addedTokens, parts.normalizer);
  }

  tokenToId(token: string): number | undefined {
    return this.added.ids.get(token) ?? this.model.vocab.get(token);
  }

  idToToken(id: number): string | undefined {
    return this.added.tokens.get(id)?.content ?? this.model.idToToken(id);
  }

  /**
   * The tokens of one text, without special tokens, in steps between which others may run. Lone surrogates count as
   * U+FFFD.
   */
  *encode(text: string, typeId: number, splitSpecialTokens: boolean): Generator<void, Encoding> {
    const original = text.replace(/\p{Surrogate}/gu, "\ufffd");
    const codePoints = codePointIndex(original);
    const ids: number[] = [];
    const tokens: string[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    const push = (id: number, token: string, from: number, to: number): void => {
      ids.push(id);
      tokens.push(token);
      starts.push(codePoints === null ? from : (codePoints[from] ?? from));
      ends.push(codePoints === null ? to : (codePoints[to] ?? to));
    };
    const pushAdded = (id: number, found: AlignedText): void =>
      push(id, found.text, found.start(0), found.end(found.text.length - 1));
    let units = 0;
    const isPause = (more: number): boolean => {
      units = units > unitsOfStep ? more : units + more;
      return units > unitsOfStep;
    };
    const source = AlignedText.of(original);
    for (const part of this.added.cutOriginal(source, splitSpecialTokens)) {
      if (part.id !== null) {
        if (isPause(part.text.text.length)) yield;
        pushAdded(part.id, part.text);
        continue;
      }
      const isShort = this.#shortParts.takes(part.text);
      const known = isShort ? this.#shortParts.get(part.text.text, splitSpecialTokens) : undefined;
      const from = part.text.start(0);
      const base = codePoints === null ? from : (codePoints[from] ?? from);
      if (known !== undefined) {
        if (isPause(part.text.text.length)) yield;
        source.growth.spend(known.growth);
        for (let n = 0; n < known.ids.length; n++) {
          ids.push(known.ids[n] as number);
          tokens.push(known.tokens[n] as string);
          starts.push(base + (known.starts[n] as number));
          ends.push(base + (known.ends[n] as number));
        }
        continue;
      }
      const [before, allowed] = [ids.length, source.growth.left];
      for (const split of this.added.cutNormalized(part.text, splitSpecialTokens)) {
        if (isPause(split.text.text.length)) yield;
        if (split.id !== null) {
          pushAdded(split.id, split.text);
          continue;
        }
        for (const piece of this.#preTokenizer([split.text])) {
          if (isPause(piece.text.length)) yield;
          this.model.tokenize(piece.text, (id, token, start, end) => {
            push(id, token, piece.start(start), piece.end(end - 1));
          });
        }
      }
      if (isShort)
        this.#shortParts.set(part.text.text, splitSpecialTokens, {
          ids: ids.slice(before),
          tokens: tokens.slice(before),
          starts: starts.slice(before).map((start) => start - base),
          ends: ends.slice(before).map((end) => end - base),
          growth: allowed - source.growth.left,
        });
    }
    return Encoding.ofText({ ids, tokens, starts, ends }, typeId);
  }

  /** A sink for the tokens of a sequence; the text they stand for goes to `write` as soon as it is certain. */
  decodingSink(write: (text: string) => void): TokenSink {
    const growth = new Growth("the decoded text");
    const sink = this.#decoder.sink({ write, end: () => undefined, close: () => undefined }, growth);
    return {
      ...sink,
      write: (text) => {
        growth.receive(text.length);
        sink.write(text);
      },
    };
  }

  /** One more than the highest id. */
  get idCount(): number {
    let count = this.model.vocabSize;
    for (const ids of [this.model.vocab.values(), this.added.tokens.keys()])
      for (const id of ids) if (id >= count) count = id + 1;
    return count;
  }

  /** The bytes that the token stands for amid others; null for unknown ids. @throws TokenizerError where its neighbours matter */
  tokenBytes(id: number): Uint8Array | null {
    const token = this.decodable(id, false);
    if (token === undefined) return null;
    const growth = new Growth("the decoded text", token.length);
    const { text } = this.#decoder.amid({ text: token, isFused: false }, growth);
    return typeof text === "string" ? utf8Bytes(text) : text;
  }

  /** The token with this id as the decoder wants it; undefined for unknown ids and for special ones to be skipped. */
  decodable(id: number, skipSpecialTokens: boolean): string | undefined {
    if (skipSpecialTokens && this.added.isSpecial(id)) return undefined;
    return this.added.decoded(id) ?? this.model.idToToken(id);
  }
}

const readAddedToken = (node: JsonNode): AddedToken => {
  const special = node.get("special").boolean(false);
  return {
    id: node.get("id").index(maxIds),
    content: node.get("content").string(),
    singleWord: node.get("single_word").boolean(false),
    lstrip: node.get("lstrip").boolean(false),
    rstrip: node.get("rstrip").boolean(false),
    normalized: node.get("normalized").boolean(!special),
    special,
  };
};

/** Reads `added_tokens`; a token that the model has too keeps the model's id. No two tokens may share an id. */
const readAddedTokens = (node: JsonNode, model: TokenizerModel): AddedToken[] => {
  const tokens = new Map<number, AddedToken>();
  for (const item of node.items()) {
    const token = readAddedToken(item);
    if (token.content === "") continue;
    const id = model.vocab.get(token.content) ?? token.id;
    const owner = model.idToToken(id) ?? tokens.get(id)?.content;
    if (owner !== undefined && owner !== token.content) {
      throw item.get("id").error(`is ${id}, which is already the id of ${quoted(owner)}`);
    }
    tokens.set(id, { ...token, id });
  }
  return [...tokens.values()];
};

/** Reads a tokenizer.json, version 1.0; `given` parts are taken as they are, the file need not have them. */
export const readPipeline = (root: JsonNode, given: Partial<PipelineParts> = {}): PipelineParts => {
  const version = root.get("version");
  if (!version.isMissing && version.value !== "1.0") {
    throw version.error(`${describe(version.value)}, supported is "1.0"`);
  }
  const model = given.model ?? readModel(root.get("model"));
  const optional = <Part>(key: string, read: (node: JsonNode) => Part, fallback: Part): Part => {
    const node = root.get(key);
    return node.isMissing ? fallback : read(node);
  };
  return {
    model,
    normalizer: optional<Normalizer>("normalizer", readNormalizer, (text) => text),
    preTokenizer: optional<PreTokenizer>("pre_tokenizer", readPreTokenizer, (pieces) => [...pieces]),
    postProcessor: optional("post_processor", readPostProcessor, keepAsIs),
    decoder: optional("decoder", readDecoder, joinWithSpaces),
    addedTokens: readAddedTokens(root.get("added_tokens"), model),
    ...given,
  };
};
