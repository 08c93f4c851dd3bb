import { Encoding, truncate } from "./encoding.ts";
import { argumentError, resolveOptions, type EncodeOptions, type ResolvedOptions, type Side } from "./options.ts";
import type { Pipeline } from "./pipeline.ts";

/** What rows are made with. */
interface Maker {
  readonly pipeline: Pipeline;
  /** Sides, lengths and pad token as they stand when the call is made. */
  readonly tokenizer: {
    readonly paddingSide: Side;
    readonly truncationSide: Side;
    readonly modelMaxLength: number;
    readonly padToken: string | null;
    readonly padTokenId: number | null;
  };
}

/** One row for each text or pair, in steps between which others may run. @throws TokenizerError naming the argument */
export function* encodeBatch(
  { tokenizer, pipeline }: Maker,
  text: string | readonly string[],
  options: EncodeOptions,
): Generator<void, Encoding[]> {
  const resolved = resolveOptions(options, tokenizer);
  const texts = typeof text === "string" ? [text] : text;
  const { textPair } = options;
  const pairs = textPair === undefined ? null : typeof textPair === "string" ? [textPair] : textPair;
  if (!Array.isArray(texts)) throw argumentError("text", text, "a string or strings", "pass text");
  if (pairs !== null && pairs.length !== texts.length) {
    throw argumentError("textPair.length", pairs.length, String(texts.length), "pass one second text per text");
  }
  const given = texts.map((first: unknown, index) => {
    const row = pairs === null ? [first] : [first, pairs[index]];
    return row.map((part, side) => {
      if (typeof part === "string") return part;
      const field = `${side === 0 ? "text" : "textPair"}[${index}]`;
      throw argumentError(field, part, "a string", "pass strings");
    });
  });
  const rows: Encoding[] = [];
  for (const row of given) {
    rows.push(yield* encodeRow(pipeline, row, resolved));
    yield;
  }
  return resolved.padding === null ? rows : pad(rows, tokenizer, resolved);
}

function* encodeRow(pipeline: Pipeline, texts: readonly string[], options: ResolvedOptions): Generator<void, Encoding> {
  const { postProcessor } = pipeline;
  let parts: Encoding[] = [];
  for (const [typeId, text] of texts.entries()) {
    parts.push(yield* pipeline.encode(text, typeId, options.splitSpecialTokens));
  }
  if (options.truncation !== null && options.maxLength !== Infinity) {
    const added = options.addSpecialTokens ? postProcessor.addedTokens(texts.length === 2) : 0;
    if (added > options.maxLength) {
      throw argumentError("maxLength", options.maxLength, `at least the ${added} special tokens`, "raise it");
    }
    const maxLength = options.maxLength - added;
    parts = truncate(parts, { maxLength, strategy: options.truncation, side: options.truncationSide });
  }
  return Encoding.join(postProcessor.process(parts, options.addSpecialTokens));
}

function pad(rows: readonly Encoding[], tokenizer: Maker["tokenizer"], options: ResolvedOptions): Encoding[] {
  const { padTokenId: id, padToken: token } = tokenizer;
  if (id === null || token === null) {
    const mend = "set it, e.g. tokenizer.padToken = tokenizer.eosToken";
    throw argumentError("padToken", token, "a token of the vocabulary", mend);
  }
  const longest = rows.reduce((length, row) => Math.max(length, row.length), 0);
  const target = options.padding === "longest" ? longest : options.maxLength;
  const length = Math.ceil(target / options.padToMultipleOf) * options.padToMultipleOf;
  return rows.map((row) => {
    const count = length - row.length;
    return count > 0 ? row.padded(count, options.paddingSide, id, token) : row;
  });
}

/** Runs an encoding to its end at once. */
export const finish = <Value>(steps: Generator<void, Value>): Value => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

/**
 * What a tokenizer makes of texts: one row per text, also for a single one, so that
 * `model.generate({ ...tokenizer("text") })` works. Columns that were not asked for are absent.
 */
export interface BatchEncoding {
  /** Token ids `[B][T]`; rows differ in length unless padded. */
  readonly inputIds: number[][];
  /** 1 for tokens, 0 for padding `[B][T]`. */
  readonly attentionMask: number[][];
  /** Which text of a pair a token is from `[B][T]`; with `returnTokenTypeIds`. */
  readonly tokenTypeIds?: number[][];
  /** `[start, end)` of each token in Unicode code points of its text `[B][T][2]`; with `returnOffsetsMapping`. */
  readonly offsetsMapping?: [number, number][][];
  /** 1 for tokens that the template or padding added `[B][T]`; with `returnSpecialTokensMask`. */
  readonly specialTokensMask?: number[][];
  /** The tokens themselves `[B][T]`; with `returnTokens`. */
  readonly tokens?: string[][];
}

/** The columns of `rows` that `options` asks for. */
export const toBatch = (rows: readonly Encoding[], options: EncodeOptions): BatchEncoding => ({
  inputIds: rows.map((row) => row.ids),
  attentionMask: rows.map((row) => row.attentionMask),
  ...(options.returnTokenTypeIds === true && { tokenTypeIds: rows.map((row) => row.typeIds) }),
  ...(options.returnOffsetsMapping === true && { offsetsMapping: rows.map((row) => row.offsets) }),
  ...(options.returnSpecialTokensMask === true && { specialTokensMask: rows.map((row) => row.specialTokensMask) }),
  ...(options.returnTokens === true && { tokens: rows.map((row) => row.tokens) }),
});
