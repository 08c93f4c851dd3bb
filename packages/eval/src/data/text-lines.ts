import type { ByteSource } from "@helium-lm/nn";
import { DataError } from "../errors.ts";
import { byteChunks, type Compression } from "./byte-chunks.ts";

const NEWLINE = 0x0a;

/** A line of a file, without its end. */
export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** False for a last line that no newline ends: the file may have been cut there. */
  readonly isEnded: boolean;
}

/**
 * The lines of a text file in UTF-8, one after the other. `\n` ends a line, `\r\n` too.
 *
 * @param file for messages
 * @throws DataError for bytes that are no UTF-8, and as `byteChunks`
 */
export async function* textLines(source: ByteSource, compression: Compression, file: string): AsyncGenerator<TextLine> {
  let number = 0;
  // A byte order mark counts as text but for the first.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decoded = (parts: readonly Uint8Array[], isEnded: boolean): TextLine => {
    number += 1;
    try {
      const text = parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
      const line = number === 1 && text.startsWith("\ufeff") ? text.slice(1) : text;
      return { text: line.endsWith("\r") ? line.slice(0, -1) : line, number, isEnded };
    } catch (cause) {
      throw new DataError(
        `${file}, line ${number}`,
        "holds bytes that are no UTF-8; save the file as UTF-8, or download it again",
        {},
        { cause },
      );
    }
  };
  let begun: Uint8Array[] = [];
  for await (const chunk of byteChunks(source, compression, file)) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield decoded([...begun, chunk.subarray(from, at)], true);
      begun = [];
      from = at + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) yield decoded(begun, false);
}
