/** A step of reading: it is left where more text is needed, and gone on with once there is some, or the text has ended. */
export type Reading<Result> = Generator<void, Result, void>;

/** A text that grows, read from left to right by generators that wait for more of it. */
export class TextCursor {
  #text = "";
  /** Characters before the text that is kept. */
  #base = 0;
  #hasEnded = false;
  /** Where reading goes on. */
  at = 0;

  push(text: string): void {
    this.#text += text;
  }

  end(): void {
    this.#hasEnded = true;
  }

  /** What is there so far, from a place on. */
  from(place: number): string {
    return this.#text.slice(place - this.#base);
  }

  /** Lets go of what was read: no place before this one is gone back to. */
  forget(): void {
    this.#text = this.from(this.at);
    this.#base = this.at;
  }

  /** The next characters: so many, or fewer at the end of the text. */
  *peek(length = 1): Reading<string> {
    while (this.#length - this.at < length && !this.#hasEnded) yield;
    return this.#text.slice(this.at - this.#base, this.at - this.#base + length);
  }

  /** Waits for more text behind a place. @returns whether there is some; else the text has ended */
  *more(place: number): Reading<boolean> {
    while (this.#length <= place && !this.#hasEnded) yield;
    return this.#length > place;
  }

  get #length(): number {
    return this.#base + this.#text.length;
  }

  *skipSpace(): Reading<void> {
    while (/^\s$/.test(yield* this.peek())) this.at++;
  }

  /** Goes past a text if it is next; waits no longer than it could be. */
  *skip(text: string): Reading<boolean> {
    for (let length = 1; length <= text.length; length++)
      if ((yield* this.peek(length)) !== text.slice(0, length)) return false;
    this.at += text.length;
    return true;
  }

  /** Goes past pieces, with any white space before each. Where one is missing the cursor stays as it was. */
  *skipPieces(pieces: readonly string[]): Reading<boolean> {
    const start = this.at;
    for (const piece of pieces) {
      const mark = piece.trim();
      if (mark === "") continue;
      yield* this.skipSpace();
      if (!(yield* this.skip(mark))) {
        this.at = start;
        return false;
      }
    }
    return true;
  }

  /** Goes past those of the pieces that are there, and past the beginning of one where the text ends within it. */
  *skipPresent(pieces: readonly string[]): Reading<void> {
    for (const piece of pieces) {
      if (yield* this.skipPieces([piece])) continue;
      const start = this.at;
      yield* this.skipSpace();
      const rest = yield* this.peek(piece.trim().length);
      if (rest !== "" && rest !== piece.trim() && piece.trim().startsWith(rest)) this.at += rest.length;
      else this.at = start;
    }
  }
}
