import { TokenizerError } from "../errors.ts";

/** What is known of each token, column by column. */
interface Columns {
  readonly ids: number[];
  readonly tokens: string[];
  readonly typeIds: number[];
  /** Start and end in Unicode code points of the original text; 0 and 0 for tokens that a template added. */
  readonly starts: number[];
  readonly ends: number[];
  /** 1 for tokens that a template or padding added. */
  readonly specialTokensMask: number[];
  /** 0 for padding. */
  readonly attentionMask: number[];
}

const filled = (count: number, value: number): number[] => new Array<number>(count).fill(value);

/** The tokens of one text, or of a text and its pair. Columns are shared between encodings and never changed. */
export class Encoding implements Columns {
  readonly ids: number[];
  readonly tokens: string[];
  readonly typeIds: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly specialTokensMask: number[];
  readonly attentionMask: number[];

  private constructor(columns: Columns) {
    this.ids = columns.ids;
    this.tokens = columns.tokens;
    this.typeIds = columns.typeIds;
    this.starts = columns.starts;
    this.ends = columns.ends;
    this.specialTokensMask = columns.specialTokensMask;
    this.attentionMask = columns.attentionMask;
  }

  /** Tokens that stand for parts of a text. */
  static ofText(text: Pick<Columns, "ids" | "tokens" | "starts" | "ends">, typeId: number): Encoding {
    const count = text.ids.length;
    return new Encoding({
      ...text,
      typeIds: filled(count, typeId),
      specialTokensMask: filled(count, 0),
      attentionMask: filled(count, 1),
    });
  }

  /** Tokens that a template added, or with `attention` 0 padding. */
  static ofSpecial(ids: readonly number[], tokens: readonly string[], typeId: number, attention: 0 | 1 = 1): Encoding {
    const count = ids.length;
    return new Encoding({
      ids: [...ids],
      tokens: [...tokens],
      typeIds: filled(count, typeId),
      starts: filled(count, 0),
      ends: filled(count, 0),
      specialTokensMask: filled(count, 1),
      attentionMask: filled(count, attention),
    });
  }

  /** All tokens of `parts` in order. */
  static join(parts: readonly Encoding[]): Encoding {
    const [first, ...rest] = parts;
    if (first !== undefined && rest.length === 0) return first;
    const column = <Value>(of: (part: Encoding) => Value[]): Value[] => ([] as Value[]).concat(...parts.map(of));
    return new Encoding({
      ids: column((part) => part.ids),
      tokens: column((part) => part.tokens),
      typeIds: column((part) => part.typeIds),
      starts: column((part) => part.starts),
      ends: column((part) => part.ends),
      specialTokensMask: column((part) => part.specialTokensMask),
      attentionMask: column((part) => part.attentionMask),
    });
  }

  get length(): number {
    return this.ids.length;
  }

  /** `[start, end)` of each token. */
  get offsets(): [number, number][] {
    return this.starts.map((start, index) => [start, this.ends[index] as number]);
  }

  /** The tokens `[start, end)`. */
  slice(start: number, end: number): Encoding {
    return new Encoding({
      ids: this.ids.slice(start, end),
      tokens: this.tokens.slice(start, end),
      typeIds: this.typeIds.slice(start, end),
      starts: this.starts.slice(start, end),
      ends: this.ends.slice(start, end),
      specialTokensMask: this.specialTokensMask.slice(start, end),
      attentionMask: this.attentionMask.slice(start, end),
    });
  }

  /** The same tokens with all type ids set to `typeId`. */
  withTypeId(typeId: number): Encoding {
    return new Encoding({ ...this, typeIds: filled(this.length, typeId) });
  }

  /** The same tokens at other places of the text. */
  withOffsets(starts: number[], ends: number[]): Encoding {
    return new Encoding({ ...this, starts, ends });
  }

  /** This encoding with `count` pads before or after it. */
  padded(count: number, side: "left" | "right", id: number, token: string): Encoding {
    const pads = Encoding.ofSpecial(filled(count, id), new Array<string>(count).fill(token), 0, 0);
    return Encoding.join(side === "left" ? [pads, this] : [this, pads]);
  }
}

/** Which text of a pair is cut: the longer one until both fit, only the first, only the second. */
export type TruncationStrategy = "longest_first" | "only_first" | "only_second";

export interface TruncationOptions {
  /** The number of tokens left for the texts, special tokens not counted. */
  readonly maxLength: number;
  readonly strategy: TruncationStrategy;
  /** The side that loses tokens. */
  readonly side: "left" | "right";
}

const cut = (encoding: Encoding, length: number, side: "left" | "right"): Encoding => {
  const excess = encoding.length - length;
  if (excess <= 0) return encoding;
  return side === "left" ? encoding.slice(excess, encoding.length) : encoding.slice(0, length);
};

/** The lengths of a shorter and a longer text cut to `maxLength` together: the longer gives first, then both halve. */
const longestFirst = (shorter: number, maxLength: number): [number, number] => {
  const rest = Math.max(shorter, maxLength - shorter);
  if (shorter + rest <= maxLength) return [shorter, rest];
  const half = Math.floor(maxLength / 2);
  return [half, maxLength - half];
};

/** Cuts one text or a pair of texts to `maxLength` tokens in all. */
export const truncate = (encodings: readonly Encoding[], options: TruncationOptions): Encoding[] => {
  const { maxLength, strategy, side } = options;
  const [first, second] = encodings;
  const excess = encodings.reduce((total, encoding) => total + encoding.length, 0) - maxLength;
  if (first === undefined || excess <= 0) return [...encodings];
  if (maxLength === 0) return encodings.map((encoding) => cut(encoding, 0, side));
  if (strategy === "longest_first" && second !== undefined) {
    const isSwapped = first.length > second.length;
    const lengths = longestFirst(Math.min(first.length, second.length), maxLength);
    if (isSwapped) lengths.reverse();
    return [cut(first, lengths[0], side), cut(second, lengths[1], side)];
  }
  const target = strategy === "only_second" ? 1 : 0;
  const length = (encodings[target]?.length ?? 0) - excess;
  if (length <= 0) {
    throw new TokenizerError("tokenizer", {
      field: "truncation",
      problem: `"${strategy}" would have to take ${excess} of ${encodings[target]?.length ?? 0} tokens`,
      mend: 'use "longest_first" or a larger maxLength',
      details: { excess },
    });
  }
  return encodings.map((encoding, index) => (index === target ? cut(encoding, length, side) : encoding));
};
