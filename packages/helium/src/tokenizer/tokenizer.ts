import { Pacer } from "../event-loop.ts";
import { toBatch, type BatchEncoding, encodeBatch, finish } from "./encode-batch.ts";
import { Callable, invoke } from "./callable.ts";
import { applyTemplate, type ChatTemplateOptions, type ChatTemplates } from "./chat/chat-template.ts";
import type { ChatMessage } from "./chat/messages.ts";
import { cleanUpTokenizationSpaces } from "./decoders/clean-up.ts";
import type { Encoding } from "./encoding.ts";
import {
  argumentError,
  checkCallOptions,
  checkId,
  type DecodeOptions,
  type EncodeAsyncOptions,
  type EncodeOptions,
  type Side,
  type StreamDecodeOptions,
} from "./options.ts";
import { Pipeline, type PipelineParts } from "./pipeline.ts";
import { continuingDecoder, createStreamDecoder, type StreamDecoder } from "./stream-decoder.ts";
import { mergeAddedTokens, type SpecialTokenName, type TokenizerConfig } from "./tokenizer-config.ts";
import { readTokenizerSource, type TokenizerFileNames, type TokenizerSource } from "./tokenizer-source.ts";

type Encode = (text: string | readonly string[], options?: EncodeOptions) => BatchEncoding;

/** A row of token ids: a list or a typed array. */
export type TokenIds = ArrayLike<number>;

/**
 * Turns texts into token ids and ids into texts. An instance is called like a function. Tokens, offsets and decoded text are
 * those of the tokenizers library for the same tokenizer.json. All methods throw a `TokenizerError` that names the argument.
 *
 * @example
 * const { inputIds, attentionMask } = tokenizer(["Hello there", "world"], { padding: true }); // [B][T] each
 * console.log(tokenizer.batchDecode(inputIds, { skipSpecialTokens: true })); // [ 'Hello there', 'world' ]
 */
export class Tokenizer extends Callable<Encode> {
  /** The side that `padding` fills. Decoders that generate pad on the left. */
  paddingSide: Side;
  /** The side that `truncation` cuts. */
  truncationSide: Side;
  /** The longest row that `truncation` leaves without a `maxLength`; Infinity if nothing limits it. */
  modelMaxLength: number;
  /** The templates that turn a conversation into a prompt, by name; empty for a model that was not made for any. */
  readonly chatTemplates: ChatTemplates;
  readonly #pipeline: Pipeline;
  readonly #specialTokens: Map<SpecialTokenName, string>;

  private constructor(parts: PipelineParts, config: TokenizerConfig) {
    super();
    this.#pipeline = new Pipeline({ ...parts, addedTokens: mergeAddedTokens(parts, config) });
    this.#specialTokens = new Map([...config.specialTokens].map(([name, token]) => [name, token.content] as const));
    this.paddingSide = config.paddingSide;
    this.truncationSide = config.truncationSide;
    this.modelMaxLength = config.modelMaxLength;
    this.chatTemplates = config.chatTemplates;
  }

  /**
   * A tokenizer from the content of its files, as JSON text or parsed. Needs no file system.
   * Throws a `TokenizerFileError` that names file and field for anything it cannot take.
   */
  static fromJSON(
    tokenizerJson: unknown,
    tokenizerConfig?: unknown,
    specialTokensMap?: unknown,
    names?: TokenizerFileNames,
  ): Tokenizer {
    return Tokenizer.fromParts({ tokenizerJson, tokenizerConfig, specialTokensMap, ...(names && { names }) });
  }

  /**
   * As `fromJSON`, with parts that tokenizer.json has no words for: those of other files' vocabularies.
   */
  static fromParts(source: TokenizerSource): Tokenizer {
    const { parts, config } = readTokenizerSource(source);
    return new Tokenizer(parts, config);
  }

  /** The number of tokens of the model, added tokens not counted. */
  get vocabSize(): number {
    return this.#pipeline.model.vocabSize;
  }

  /** The number of tokens with the added ones. */
  get fullVocabSize(): number {
    const { added, model } = this.#pipeline;
    return model.vocabSize + [...added.ids.keys()].filter((content) => !model.vocab.has(content)).length;
  }

  /** One more than the highest id: the rows that a model needs for this tokenizer. Found by a look at all tokens. */
  get idCount(): number {
    return this.#pipeline.idCount;
  }

  /** Every token with its id, added tokens included. */
  getVocab(): Map<string, number> {
    return new Map([...this.#pipeline.model.vocab, ...this.#pipeline.added.ids]);
  }

  get bosToken(): string | null {
    return this.#specialTokens.get("bos") ?? null;
  }

  get eosToken(): string | null {
    return this.#specialTokens.get("eos") ?? null;
  }

  get unkToken(): string | null {
    return this.#specialTokens.get("unk") ?? null;
  }

  get padToken(): string | null {
    return this.#specialTokens.get("pad") ?? null;
  }

  /** A checkpoint without a pad token gets one by `tokenizer.padToken = tokenizer.eosToken`. */
  set padToken(token: string | null) {
    if (token === null) this.#specialTokens.delete("pad");
    else if (this.#pipeline.tokenToId(token) !== undefined) this.#specialTokens.set("pad", token);
    else throw argumentError("padToken", token, "a token of the vocabulary", "choose an existing token");
  }

  get bosTokenId(): number | null {
    return this.specialTokenId("bos");
  }

  get eosTokenId(): number | null {
    return this.specialTokenId("eos");
  }

  get unkTokenId(): number | null {
    return this.specialTokenId("unk");
  }

  get padTokenId(): number | null {
    return this.specialTokenId("pad");
  }

  /** The id of a special token by its name in tokenizer_config.json; null if the tokenizer has none. */
  specialTokenId(name: SpecialTokenName): number | null {
    const token = this.#specialTokens.get(name);
    return token === undefined ? null : (this.#pipeline.tokenToId(token) ?? null);
  }

  /** The ids that `skipSpecialTokens` leaves out, ascending. */
  get allSpecialIds(): number[] {
    const special = [...this.#pipeline.added.tokens.values()].filter((token) => token.special);
    return special.map((token) => token.id).sort((a, b) => a - b);
  }

  /** The body of `tokenizer(text, options)`. */
  [invoke](text: string | readonly string[], options: EncodeOptions = {}): BatchEncoding {
    checkCallOptions("tokenizer", options);
    return toBatch(finish(this.#encodeBatch(text, options)), options);
  }

  /**
   * As `tokenizer(text, options)`, for long texts in places that must stay responsive: every 25 ms timers, sockets and
   * `signal` get their turn. A single pass over one text (normalizing, cutting) is not broken off: some tens of
   * milliseconds for each megabyte.
   *
   * @throws what the call throws, and the signal's reason once it is aborted
   * @example
   * const { inputIds } = await tokenizer.encodeAsync("A long book. ".repeat(1000), { signal: AbortSignal.timeout(60_000) });
   */
  async encodeAsync(text: string | readonly string[], options: EncodeAsyncOptions = {}): Promise<BatchEncoding> {
    checkCallOptions("encodeAsync", options);
    const pacer = new Pacer(options.signal);
    const rows = this.#encodeBatch(text, options);
    for (;;) {
      const step = rows.next();
      if (step.done === true) return toBatch(step.value, options);
      await pacer.pause();
    }
  }

  /**
   * The ids of one text, special tokens such as the start of the text included unless `addSpecialTokens` is false.
   *
   * @throws TokenizerError for what is not a string, and for unknown options
   * @example
   * console.log(tokenizer.decode(tokenizer.encode("Hello", { addSpecialTokens: false }))); // Hello
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    checkCallOptions("encode", options);
    return this.#encodeOne(text, options).ids;
  }

  /** The tokens of one text; special tokens only with `addSpecialTokens: true`. */
  tokenize(text: string, options: EncodeOptions = {}): string[] {
    checkCallOptions("tokenize", options);
    return this.#encodeOne(text, { addSpecialTokens: false, ...options }).tokens;
  }

  #encodeOne(text: string, options: EncodeOptions): Encoding {
    if (typeof text !== "string") throw argumentError("text", text, "one string", "call tokenizer(texts)");
    return finish(this.#encodeBatch(text, options))[0] as Encoding;
  }

  #encodeBatch(text: string | readonly string[], options: EncodeOptions): Generator<void, Encoding[]> {
    return encodeBatch({ tokenizer: this, pipeline: this.#pipeline }, text, options);
  }

  /**
   * A conversation as the prompt that the model was trained on. Special tokens are in it, so it is encoded with
   * `addSpecialTokens: false`.
   *
   * @throws ChatTemplateError for a tokenizer without a template, and where the template refuses the messages
   * @example
   * const chatTemplate = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}";
   * const prompt = tokenizer.applyChatTemplate([{ role: "user", content: "Hi" }], { chatTemplate }); // default: its own
   * console.log(prompt); // <user>Hi
   */
  applyChatTemplate(messages: readonly ChatMessage[], options: ChatTemplateOptions = {}): string {
    const named = [...this.#specialTokens].map(([name, token]) => [`${name}_token`, token] as const);
    return applyTemplate(this.chatTemplates, Object.fromEntries(named), messages, options);
  }

  /** The ids of `applyChatTemplate`, for `generate({ inputIds: [ids] })`. */
  encodeChat(messages: readonly ChatMessage[], options: ChatTemplateOptions = {}): number[] {
    return this.encode(this.applyChatTemplate(messages, options), { addSpecialTokens: false });
  }

  /**
   * The text of one row of ids. Ids outside the vocabulary stand for nothing.
   *
   * @throws TokenizerError for what is not a token id, and for unknown options
   * @example
   * const ids = tokenizer.encode("Hello");
   * console.log(tokenizer.decode(ids, { skipSpecialTokens: true })); // Hello
   */
  decode(ids: TokenIds, options: DecodeOptions = {}): string {
    checkCallOptions("decode", options);
    let text = "";
    const sink = this.#pipeline.decodingSink((part) => {
      text += part;
    });
    for (let index = 0; index < ids.length; index++) {
      const id = checkId(ids[index], `ids[${index}]`);
      const token = this.#pipeline.decodable(id, options.skipSpecialTokens ?? false);
      if (token === undefined) continue;
      sink.write(token);
      sink.end();
    }
    sink.close();
    return options.cleanUpTokenizationSpaces === true ? cleanUpTokenizationSpaces(text) : text;
  }

  /** The texts of several rows of ids. */
  batchDecode(rows: readonly TokenIds[], options: DecodeOptions = {}): string[] {
    checkCallOptions("batchDecode", options);
    return rows.map((row) => this.decode(row, options));
  }

  /**
   * Decodes ids one by one; the texts join to exactly what `decode` gives for all of them, or where some stand `after`
   * others, to what they add to the text of those.
   *
   * @example
   * const decoder = tokenizer.streamDecoder({ skipSpecialTokens: true, after: inputIds });
   * for await (const { tokens } of model.stream({ inputIds: [inputIds] })) show(decoder.push(tokens[0]));
   * show(decoder.flush());
   */
  streamDecoder(options: StreamDecodeOptions = {}): StreamDecoder {
    checkCallOptions("streamDecoder", options);
    const { after = [], skipSpecialTokens = false } = options;
    const decoder = createStreamDecoder(this.#pipeline, options, (id) => checkId(id, "id"));
    if (after.length === 0) return decoder;
    return continuingDecoder(decoder, after, this.decode(after, { skipSpecialTokens }).length);
  }

  /**
   * The bytes of UTF-8 that a token stands for in the middle of a text, special tokens by their names: the bytes of ids one
   * after another are those of their text. They can be part of a character. Null for ids outside the vocabulary.
   *
   * @throws TokenizerError for what is not a token id, and where the decoder makes a token's text depend on those beside it
   * @example
   * const [token = 0] = tokenizer.encode("a", { addSpecialTokens: false });
   * console.log(tokenizer.tokenBytes(token)); // Uint8Array(2) [ 32, 97 ]
   */
  tokenBytes(id: number): Uint8Array | null {
    return this.#pipeline.tokenBytes(checkId(id, "id"));
  }

  /** The id of a token; unknown tokens get the unknown token's id, or null if there is none. */
  convertTokensToIds(token: string): number | null;
  convertTokensToIds(tokens: readonly string[]): (number | null)[];
  convertTokensToIds(tokens: string | readonly string[]): number | null | (number | null)[] {
    const toId = (token: string): number | null => this.#pipeline.tokenToId(token) ?? this.unkTokenId;
    return typeof tokens === "string" ? toId(tokens) : tokens.map(toId);
  }

  /** The token of an id, null for ids outside the vocabulary. */
  convertIdsToTokens(id: number): string | null;
  convertIdsToTokens(ids: TokenIds): (string | null)[];
  convertIdsToTokens(ids: number | TokenIds): string | null | (string | null)[] {
    const toToken = (id: number, field: string): string | null => this.#pipeline.idToToken(checkId(id, field)) ?? null;
    return typeof ids === "number" ? toToken(ids, "id") : Array.from(ids, (id, index) => toToken(id, `ids[${index}]`));
  }
}
