/** The tokens of one text, or of a text and its pair, column by column. */
export class Encoding {
  readonly ids: number[] = [];
  readonly tokens: string[] = [];
  readonly typeIds: number[] = [];
  /** `[start, end)` in Unicode code points of the original text; `[0, 0]` for tokens that a template added. */
  readonly offsets: [number, number][] = [];
  /** 1 for tokens that a template or padding added. */
  readonly specialTokensMask: number[] = [];
  /** 0 for padding. */
  readonly attentionMask: number[] = [];

  get length(): number {
    return this.ids.length;
  }

  /** Appends a token that stands for a part of the text. */
  push(id: number, token: string, typeId: number, offsets: [number, number]): void {
    this.ids.push(id);
    this.tokens.push(token);
    this.typeIds.push(typeId);
    this.offsets.push(offsets);
    this.specialTokensMask.push(0);
    this.attentionMask.push(1);
  }

  /** Appends a token that a template added. */
  pushSpecial(id: number, token: string, typeId: number): void {
    this.push(id, token, typeId, [0, 0]);
    this.specialTokensMask[this.length - 1] = 1;
  }

  /** Appends all of `other`. */
  append(other: Encoding): void {
    for (let index = 0; index < other.length; index++) this.#copy(other, index);
  }

  /** The tokens `[start, end)`. */
  slice(start: number, end: number): Encoding {
    const part = new Encoding();
    for (let index = start; index < end; index++) part.#copy(this, index);
    return part;
  }

  /** The same tokens with all type ids set to `typeId`. */
  withTypeId(typeId: number): Encoding {
    const copy = this.slice(0, this.length);
    copy.typeIds.fill(typeId);
    return copy;
  }

  /** This encoding with `count` pads before or after it. */
  padded(count: number, side: "left" | "right", id: number, token: string): Encoding {
    const pads = new Encoding();
    for (let index = 0; index < count; index++) pads.pushSpecial(id, token, 0);
    pads.attentionMask.fill(0);
    const padded = new Encoding();
    for (const part of side === "left" ? [pads, this] : [this, pads]) padded.append(part);
    return padded;
  }

  #copy(other: Encoding, index: number): void {
    this.ids.push(other.ids[index] as number);
    this.tokens.push(other.tokens[index] as string);
    this.typeIds.push(other.typeIds[index] as number);
    this.offsets.push(other.offsets[index] as [number, number]);
    this.specialTokensMask.push(other.specialTokensMask[index] as number);
    this.attentionMask.push(other.attentionMask[index] as number);
  }
}
