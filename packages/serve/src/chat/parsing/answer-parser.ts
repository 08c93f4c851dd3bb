import { isUnmarked, markersOf, type ToolCallFormat } from "../formats/tool-call-format.ts";
import type { OutputParser, OutputPart } from "../output-parser.ts";
import type { Thoughts } from "../thoughts.ts";
import { readCall, type CallReader } from "./read-call.ts";
import { TextCursor, type Reading } from "./text-cursor.ts";

/** What may be in an answer. */
export interface AnswerParts {
  /** Null: no calls are looked for. */
  readonly format: ToolCallFormat | null;
  /** Names of the tools that may be called. */
  readonly names: readonly string[];
  readonly thoughts: Thoughts | null;
}

/**
 * Tells thoughts, content and calls of an answer apart. What looks like the beginning of a mark is held back until it is one or
 * none, and white space until it is known not to stand before calls. What begins like a call and is none is content.
 */
export class AnswerParser implements OutputParser {
  readonly #cursor = new TextCursor();
  readonly #parts: AnswerParts;
  readonly #reading: Reading<void>;
  #found: OutputPart[] = [];
  /** White space that is not told yet. */
  #space = "";

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.#reading = this.#read();
  }

  push(text: string): readonly OutputPart[] {
    this.#cursor.push(text);
    return this.#take();
  }

  flush(): readonly OutputPart[] {
    this.#cursor.end();
    return this.#take();
  }

  #take(): readonly OutputPart[] {
    this.#reading.next();
    const found = this.#found;
    this.#found = [];
    return joined(found);
  }

  *#read(): Reading<void> {
    yield* this.#thoughts();
    const { format } = this.#parts;
    if (format && isUnmarked(format) && (yield* this.#calls(this.#cursor.at))) yield* this.#afterCalls();
    const marks = format ? markersOf(format) : [];
    while (yield* this.#textTo(marks, "content")) {
      const start = this.#cursor.at;
      if (yield* this.#calls(start)) yield* this.#afterCalls();
      else {
        // The mark is text after all: at least its first character.
        this.#cursor.at = start + 1;
        this.#tell("content", this.#cursor.from(start).slice(0, 1));
      }
    }
    this.#tellSpace("content");
  }

  *#thoughts(): Reading<void> {
    const { thoughts } = this.#parts;
    if (!thoughts) return;
    const cursor = this.#cursor;
    const start = cursor.at;
    if (!thoughts.hasBegun) {
      yield* cursor.skipSpace();
      if (!(yield* cursor.skip(thoughts.open))) {
        cursor.at = start;
        return;
      }
    }
    yield* cursor.skipSpace();
    // Where they have no end, all is thought.
    const hasEnd = yield* this.#textTo([thoughts.close], "reasoning");
    this.#space = "";
    if (!hasEnd) return;
    cursor.at += thoughts.close.length;
    yield* cursor.skipSpace();
  }

  /** Tells text up to the first of the marks. @returns whether one is next; else the text has ended */
  *#textTo(marks: readonly string[], kind: "content" | "reasoning"): Reading<boolean> {
    const cursor = this.#cursor;
    for (;;) {
      const text = cursor.from(cursor.at);
      const places = marks.map((mark) => text.indexOf(mark)).filter((place) => place >= 0);
      const isNext = places.length > 0;
      const length = isNext ? Math.min(...places) : text.length - heldLength(text, marks);
      this.#tell(kind, text.slice(0, length));
      cursor.at += length;
      cursor.forget();
      if (isNext) return true;
      const rest = text.length - length;
      if (yield* cursor.more(cursor.at + rest)) continue;
      this.#tell(kind, text.slice(length));
      cursor.at += rest;
      return false;
    }
  }

  /** Calls from a place on, where one begins there. What follows the last whole one, and is none, is left. */
  *#calls(start: number): Reading<boolean> {
    const { format, names } = this.#parts;
    const cursor = this.#cursor;
    if (!format) return false;
    const reader: CallReader = {
      cursor,
      format,
      names: new Set(names),
      emit: (part) => {
        this.#space = "";
        this.#found.push(part);
      },
    };
    for (const begin of format.begins) {
      cursor.at = start;
      if (!(yield* cursor.skipPieces([...begin, ...format.open]))) continue;
      let end = yield* readCall(reader);
      if (end === "none") continue;
      for (;;) {
        if (end === "cut") return true;
        yield* cursor.skipPresent(format.close);
        const behind = cursor.at;
        const { separator } = format;
        if (separator === null || !(yield* cursor.skipPieces([...separator, ...format.open]))) break;
        end = yield* readCall(reader);
        if (end !== "none") continue;
        cursor.at = behind;
        break;
      }
      yield* cursor.skipPresent(format.end);
      return true;
    }
    cursor.at = start;
    return false;
  }

  /** White space behind calls is no content. */
  *#afterCalls(): Reading<void> {
    yield* this.#cursor.skipSpace();
  }

  /** Tells text, without the white space at its end, which waits. */
  #tell(kind: "content" | "reasoning", text: string): void {
    const solid = text.trimEnd();
    if (solid !== "") {
      this.#found.push({ kind, text: this.#space + solid });
      this.#space = "";
    }
    this.#space += text.slice(solid.length);
  }

  #tellSpace(kind: "content" | "reasoning"): void {
    if (this.#space !== "") this.#found.push({ kind, text: this.#space });
    this.#space = "";
  }
}

/** Length of the longest end of the text that begins a mark. */
function heldLength(text: string, marks: readonly string[]): number {
  let longest = 0;
  for (const mark of marks)
    for (let length = Math.min(mark.length - 1, text.length); length > longest; length--)
      if (text.endsWith(mark.slice(0, length))) longest = length;
  return longest;
}

/** Neighbours of one kind as one part. */
function joined(parts: readonly OutputPart[]): readonly OutputPart[] {
  const found: OutputPart[] = [];
  for (const part of parts) {
    const last = found.at(-1);
    if (last && "text" in last && "text" in part && last.kind === part.kind)
      found[found.length - 1] = { ...last, text: last.text + part.text };
    else found.push(part);
  }
  return found;
}
