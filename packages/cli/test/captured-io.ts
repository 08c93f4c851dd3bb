import { fileURLToPath } from "node:url";
import type { CliIo, TextSink } from "../src/index.ts";

export interface CapturedIo extends CliIo {
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
}

export interface IoSetup {
  /** Chunks of stdin; absent: stdin is a terminal. */
  readonly stdin?: readonly (string | Uint8Array)[];
  /** Whether stdout and stderr are terminals. */
  readonly isTTY?: boolean;
  /** Width of that terminal. */
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called before each piece of stdout is taken. */
  readonly onWrite?: (text: string) => void;
}

/** An io that keeps what a command writes. */
export function capturedIo({ stdin, isTTY = false, columns, env = {}, signal, onWrite }: IoSetup = {}): CapturedIo {
  const sink = (parts: string[], onPart?: (text: string) => void): TextSink => ({
    isTTY,
    ...(columns !== undefined && { columns }),
    write: (text) => {
      onPart?.(text);
      parts.push(text);
    },
  });
  const out: string[] = [];
  const err: string[] = [];
  return {
    stdout: sink(out, onWrite),
    stderr: sink(err),
    stdin: {
      isTTY: stdin === undefined,
      async *[Symbol.asyncIterator]() {
        yield* stdin ?? [];
      },
    },
    program: fileURLToPath(import.meta.url),
    env,
    ...(signal && { signal }),
    out: () => out.join(""),
    err: () => err.join(""),
  };
}
