import { unknownOption, type OptionNames } from "@helium-lm/tensor";
import { TokenizerError } from "../errors.ts";
import type { TruncationStrategy } from "./encoding.ts";

export type Side = "left" | "right";

/** How texts become ids. Names and defaults are those of transformers, in camel case. */
export interface EncodeOptions {
  /** The second text of a pair: one for a single text, one per text for a list. */
  readonly textPair?: string | readonly string[];
  /** Add what the post-processor adds (Helium: `<s>` in front). Default true. */
  readonly addSpecialTokens?: boolean;
  /** `true` or `"longest"`: to the longest row; `"max_length"`: to `maxLength`. Default false. */
  readonly padding?: boolean | "longest" | "max_length";
  /** Default: the tokenizer's `paddingSide`. */
  readonly paddingSide?: Side;
  /** Pad to a multiple of this. */
  readonly padToMultipleOf?: number;
  /** `true` means `"longest_first"`. Default: `true` where `maxLength` is given and `padding` is not, else false. */
  readonly truncation?: boolean | TruncationStrategy;
  /** The side that loses tokens. Default: the tokenizer's `truncationSide`. */
  readonly truncationSide?: Side;
  /** The row length for truncation and `"max_length"` padding. Default: the tokenizer's `modelMaxLength`. */
  readonly maxLength?: number;
  /** Give special tokens that stand in the text no special meaning. Default false. */
  readonly splitSpecialTokens?: boolean;
  readonly returnTokenTypeIds?: boolean;
  readonly returnOffsetsMapping?: boolean;
  readonly returnSpecialTokensMask?: boolean;
  readonly returnTokens?: boolean;
  /** Told of a `maxLength` that has no effect. */
  readonly onWarning?: (message: string) => void;
}

export interface EncodeAsyncOptions extends EncodeOptions {
  /** Ends the encoding with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** How ids become text. */
export interface DecodeOptions {
  /** Leave out special tokens such as `<s>`. Default false. */
  readonly skipSpecialTokens?: boolean;
  /** Remove the space before punctuation and contractions, as old English tokenizers want. Default false. */
  readonly cleanUpTokenizationSpaces?: boolean;
}

/** How ids become text one by one. */
export interface StreamDecodeOptions extends Pick<DecodeOptions, "skipSpecialTokens"> {
  /**
   * Ids that stand before, such as those of a prompt: the texts then join to what is new in the text of all, with a space
   * between the two if there is one. Default none.
   */
  readonly after?: ArrayLike<number>;
}

/** Of every call that encodes. */
const encodeOptionNames: OptionNames<EncodeOptions> = {
  textPair: true,
  addSpecialTokens: true,
  padding: true,
  paddingSide: true,
  padToMultipleOf: true,
  truncation: true,
  truncationSide: true,
  maxLength: true,
  splitSpecialTokens: true,
  returnTokenTypeIds: true,
  returnOffsetsMapping: true,
  returnSpecialTokensMask: true,
  returnTokens: true,
  onWarning: true,
};

const encodeAsyncOptionNames: OptionNames<EncodeAsyncOptions> = { ...encodeOptionNames, signal: true };

const decodeOptionNames: OptionNames<DecodeOptions> = { skipSpecialTokens: true, cleanUpTokenizationSpaces: true };

const streamDecoderOptionNames: OptionNames<StreamDecodeOptions> = { skipSpecialTokens: true, after: true };

const namesOf = {
  tokenizer: encodeOptionNames,
  encode: encodeOptionNames,
  tokenize: encodeOptionNames,
  encodeAsync: encodeAsyncOptionNames,
  decode: decodeOptionNames,
  batchDecode: decodeOptionNames,
  streamDecoder: streamDecoderOptionNames,
} as const;

/** @throws TokenizerError for a name that is not an option of the call, with the nearest */
export function checkCallOptions(call: keyof typeof namesOf, options: object): void {
  checkTokenizerOptions(call, options, namesOf[call]);
}

/**
 * @param hint for the end of the message, with a space before it
 * @throws TokenizerError for a name that is none of `names`, with the nearest
 */
export function checkTokenizerOptions(
  call: string,
  options: object,
  names: Readonly<Record<string, true>>,
  hint = "",
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw argumentError("options", options, "an object with names and values", `see the options of ${call}`);
  const unknown = unknownOption(options, names);
  if (unknown === null) return;
  const { name: field, nearest } = unknown;
  throw new TokenizerError("tokenizer", {
    field,
    problem: `is not an option of ${call}`,
    mend: `did you mean ${nearest}?${hint}`,
    details: { given: field, nearest },
  });
}

/** The options with all defaults filled in. */
export interface ResolvedOptions {
  readonly addSpecialTokens: boolean;
  readonly padding: "longest" | "max_length" | null;
  readonly paddingSide: Side;
  readonly padToMultipleOf: number;
  readonly truncation: TruncationStrategy | null;
  readonly truncationSide: Side;
  /** Infinity where nothing sets a limit. */
  readonly maxLength: number;
  readonly splitSpecialTokens: boolean;
}

/** `value` in an error message: short, and with its type visible. */
const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
};

/** An argument `field` of a tokenizer's call or method that is not what was expected. */
export const argumentError = (field: string, given: unknown, expected: string, mend: string): TokenizerError =>
  new TokenizerError("tokenizer", {
    field,
    problem: `is ${show(given)}, expected ${expected}`,
    mend,
    details: { given, expected },
  });

/** @throws TokenizerError for what is not a token id; it need not be in the vocabulary */
export const checkId = (id: unknown, field: string): number => {
  if (typeof id === "number" && Number.isInteger(id) && id >= 0) return id;
  throw argumentError(field, id, "a token id", "pass whole numbers from 0");
};

const choice = <Value>(field: string, given: Value, allowed: readonly Value[]): Value => {
  if (allowed.includes(given)) return given;
  const expected = allowed.map(show).join(" or ");
  throw argumentError(field, given, expected, "pass one of these");
};

const positive = (field: string, given: number): number => {
  if (given === Infinity || (Number.isInteger(given) && given > 0)) return given;
  throw argumentError(field, given, "a positive integer", "pass a whole number above 0");
};

const sides: readonly Side[] = ["left", "right"];

/** Fills in the defaults and refuses what makes no sense together. */
export const resolveOptions = (
  options: EncodeOptions,
  defaults: { readonly paddingSide: Side; readonly truncationSide: Side; readonly modelMaxLength: number },
): ResolvedOptions => {
  const padding = choice("padding", options.padding ?? false, [false, true, "longest", "max_length"] as const);
  // A limit alone asks for truncation, as in transformers.
  const isLimitAlone = options.maxLength !== undefined && padding === false;
  const truncation = choice("truncation", options.truncation ?? isLimitAlone, [
    false,
    true,
    "longest_first",
    "only_first",
    "only_second",
  ] as const);
  const maxLength = positive("maxLength", options.maxLength ?? defaults.modelMaxLength);
  if (options.maxLength !== undefined && truncation === false && (padding === true || padding === "longest")) {
    options.onWarning?.(
      'maxLength: has no effect beside padding to the longest row; add truncation: true, or padding: "max_length"',
    );
  }
  const padToMultipleOf = positive("padToMultipleOf", options.padToMultipleOf ?? 1);
  if (truncation !== false && padding !== false && maxLength !== Infinity && maxLength % padToMultipleOf !== 0) {
    const mend = "rows would be cut to one length and padded to a longer one; correct one of the two";
    throw argumentError("maxLength", maxLength, `a multiple of padToMultipleOf = ${padToMultipleOf}`, mend);
  }
  if (padding === "max_length" && maxLength === Infinity) {
    throw argumentError("maxLength", "missing", 'a number for padding: "max_length"', "pass maxLength");
  }
  return {
    addSpecialTokens: options.addSpecialTokens ?? true,
    padding: padding === true ? "longest" : padding === false ? null : padding,
    paddingSide: choice("paddingSide", options.paddingSide ?? defaults.paddingSide, sides),
    padToMultipleOf,
    truncation: truncation === true ? "longest_first" : truncation === false ? null : truncation,
    truncationSide: choice("truncationSide", options.truncationSide ?? defaults.truncationSide, sides),
    maxLength,
    splitSpecialTokens: options.splitSpecialTokens ?? false,
  };
};
