import { createReadStream } from "node:fs";

/** A line of a file, without its line break. */
export interface FileLine {
  /** Counted from 1. */
  readonly line: number;
  /** Null: what is wrong with it is `problem`. */
  readonly text: string | null;
  readonly problem: "too long" | "not UTF-8" | null;
}

export interface FileLinesOptions {
  /** Bytes of a line at most; a longer one is not held in memory. */
  readonly limit: number;
  /** Sees all bytes of the file, in order. */
  readonly onBytes?: (bytes: Uint8Array) => void;
}

const LF = 0x0a;

/** The lines of a file, however large it is. @throws Error where it cannot be read */
export async function* fileLines(path: string, { limit, onBytes }: FileLinesOptions): AsyncGenerator<FileLine> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 0;
  const take = (bytes: Buffer): void => {
    size += bytes.length;
    if (size <= limit) parts.push(bytes);
    else parts = [];
  };
  const end = (): FileLine => {
    const whole = size <= limit ? lineOf(++line, Buffer.concat(parts)) : tooLong(++line);
    parts = [];
    size = 0;
    return whole;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 }) as AsyncIterable<Buffer>) {
    onBytes?.(chunk);
    let from = 0;
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, from)) {
      take(chunk.subarray(from, at));
      from = at + 1;
      yield end();
    }
    if (from < chunk.length) take(chunk.subarray(from));
  }
  if (size > 0) yield end();
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function lineOf(line: number, bytes: Uint8Array): FileLine {
  try {
    return { line, text: decoder.decode(bytes), problem: null };
  } catch {
    return { line, text: null, problem: "not UTF-8" };
  }
}

const tooLong = (line: number): FileLine => ({ line, text: null, problem: "too long" });
