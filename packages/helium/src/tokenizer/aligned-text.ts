import { TokenizerError } from "../errors.ts";

/** True if the UTF-16 unit is the first of a surrogate pair. */
export const isHighSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xd800;

/** True if the UTF-16 unit is the second of a surrogate pair. */
export const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** A number for each unit of a text: plain lists where it is short, since most pieces are. */
type Positions = Int32Array | readonly number[];

const longText = 64;

/**
 * A text that knows, for each of its UTF-16 units, which range of the original text it came from (in UTF-16 units of
 * the original). Normalizers make new aligned texts, pre-tokenizers cut them; the original is never looked at again.
 * The text must be well formed: no lone surrogates.
 */
export class AlignedText {
  readonly text: string;
  /** Where in the original this piece began when it was cut; it stays when the piece is normalized. */
  readonly origin: number;
  /** Original start and end of each unit, from index `#base` on; null where the text is an unchanged slice from there. */
  readonly #starts: Positions | null;
  readonly #ends: Positions | null;
  readonly #base: number;
  /** How much longer all pieces of the original may become together. */
  readonly growth: Growth;

  private constructor(
    text: string,
    origin: number,
    growth: Growth,
    base: number,
    starts: Positions | null = null,
    ends: Positions | null = null,
  ) {
    this.text = text;
    this.growth = growth;
    this.origin = origin;
    this.#base = base;
    this.#starts = starts;
    this.#ends = ends;
  }

  /** The original text itself. */
  static of(text: string): AlignedText {
    return new AlignedText(text, 0, new Growth("text", text.length), 0);
  }

  /** What `source` was rewritten to: unit `i` came from `[starts[i], ends[i])` of the original. */
  static rewritten(source: AlignedText, text: string, starts: Positions, ends: Positions): AlignedText {
    return new AlignedText(text, source.origin, source.growth, 0, starts, ends);
  }

  /** This text with every unit written as another; neither text has surrogates. */
  respelled(text: string): AlignedText {
    return new AlignedText(text, this.origin, this.growth, this.#base, this.#starts, this.#ends);
  }

  /** Original start of the character that unit `index` belongs to. */
  start(index: number): number {
    if (this.#starts !== null) return this.#starts[this.#base + index] as number;
    return this.#base + (isLowSurrogate(this.text.charCodeAt(index)) ? index - 1 : index);
  }

  /** Original end of the character that unit `index` belongs to. */
  end(index: number): number {
    if (this.#ends !== null) return this.#ends[this.#base + index] as number;
    return this.#base + (isHighSurrogate(this.text.charCodeAt(index)) ? index + 2 : index + 1);
  }

  /** The part `[from, to)` as a piece of its own, whose origin is where it begins. Not empty. */
  slice(from: number, to: number): AlignedText {
    return this.#part(from, to, this.start(from));
  }

  /** The part `[from, to)` as the normalized form of this whole piece: the origin stays. */
  crop(from: number, to: number): AlignedText {
    return this.#part(from, to, this.origin);
  }

  #part(from: number, to: number, origin: number): AlignedText {
    return new AlignedText(this.text.slice(from, to), origin, this.growth, this.#base + from, this.#starts, this.#ends);
  }
}

/** Writes an aligned text from left to right out of parts of `source` and new text. */
export class AlignedTextBuilder {
  readonly #source: AlignedText;
  #text = "";
  #starts: Int32Array | number[];
  #ends: Int32Array | number[];
  #length = 0;
  /** Beyond this many units the text is longer than its source, which is paid for. */
  #paid: number;

  constructor(source: AlignedText) {
    this.#source = source;
    const { length } = source.text;
    this.#paid = length;
    this.#starts = length < longText ? [] : new Int32Array(length + 16);
    this.#ends = length < longText ? [] : new Int32Array(length + 16);
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed > this.#paid) {
      this.#source.growth.spend(needed - this.#paid);
      this.#paid = needed;
    }
    if (needed <= this.#starts.length || (needed < longText && !(this.#starts instanceof Int32Array))) return;
    const grow = (old: Int32Array | number[]): Int32Array => {
      const grown = new Int32Array(Math.max(needed, old.length * 2));
      grown.set(old);
      return grown;
    };
    this.#starts = grow(this.#starts);
    this.#ends = grow(this.#ends);
  }

  /** Appends `[from, to)` of the source unchanged. */
  copy(from: number, to: number): void {
    this.#reserve(to - from);
    this.#text += this.#source.text.slice(from, to);
    for (let index = from; index < to; index++) {
      this.#starts[this.#length] = this.#source.start(index);
      this.#ends[this.#length++] = this.#source.end(index);
    }
  }

  /** Appends `text`, every unit of it with the alignment of the source's unit `index`. */
  put(text: string, index: number): void {
    const inSource = index >= 0 && index < this.#source.text.length;
    const start = inSource ? this.#source.start(index) : this.#source.origin;
    const end = inSource ? this.#source.end(index) : this.#source.origin;
    this.#reserve(text.length);
    this.#text += text;
    for (let added = 0; added < text.length; added++) {
      this.#starts[this.#length] = start;
      this.#ends[this.#length++] = end;
    }
  }

  finish(): AlignedText {
    return AlignedText.rewritten(this.#source, this.#text, this.#starts, this.#ends);
  }
}

/** Replaces every character by the text that `map` gives for it, aligned with that character. */
export const mapCharacters = (source: AlignedText, map: (character: string) => string): AlignedText => {
  const { text } = source;
  let respelled = "";
  let index = 0;
  for (; index < text.length; index++) {
    const mapped = isHighSurrogate(text.charCodeAt(index)) ? "" : map(text[index] as string);
    if (mapped.length !== 1) break;
    respelled += mapped;
  }
  if (index === text.length) return source.respelled(respelled);
  const builder = new AlignedTextBuilder(source);
  index = 0;
  for (const character of text) {
    builder.put(map(character), index);
    index += character.length;
  }
  return builder.finish();
};

/** The number of code points before each UTF-16 unit of `text`; null where both count alike. */
export const codePointIndex = (text: string): Int32Array | null => {
  if (!/[\ud800-\udbff]/.test(text)) return null;
  const index = new Int32Array(text.length + 1);
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    index[unit] = count;
    if (!isHighSurrogate(text.charCodeAt(unit))) count++;
  }
  index[text.length] = count;
  return index;
};

/** Where the character at `start` ends: characters beyond the basic plane are two units. */
export const characterEnd = (text: string, start: number): number =>
  start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);

/** Far above any real tokenizer: NFKD makes at most 18 characters of one, and bytes 3 units of each. */
const factor = 64;

/** What even an empty text may grow by, in UTF-16 units. */
const allowance = 2 ** 16;

/**
 * How much longer than what came in a text may become on its way through the steps of a stranger's tokenizer.json. Steps
 * that double, one behind another, would fill the memory out of a few characters.
 */
export class Growth {
  readonly #what: string;
  #left = allowance;

  /** @param what names the text in the error */
  constructor(what: string, units = 0) {
    this.#what = what;
    this.receive(units);
  }

  /** Units by which the text may still grow. */
  get left(): number {
    return this.#left;
  }

  /** More of the text has come in. */
  receive(units: number): void {
    this.#left += factor * units;
  }

  /** A step makes the text `units` longer, or shorter. @throws TokenizerError beyond the limit */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left >= 0) return;
    throw new TokenizerError("tokenizer", {
      field: this.#what,
      problem: `grows to more than ${factor} times its length by the steps of tokenizer.json`,
      mend: "use a tokenizer.json whose replacements are shorter",
    });
  }
}
