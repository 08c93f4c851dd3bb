import type { Terminal } from "./terminal.ts";

/** Where a command writes text: a stream of Node's, or a test's own. */
export interface TextSink {
  write(text: string): unknown;
  /** True where a person reads along. */
  readonly isTTY?: boolean;
  /** Width of that person's terminal. */
  readonly columns?: number;
}

/** Everything a command touches outside of its arguments, so that a test can give its own. */
export interface CliIo {
  /** Results only. */
  readonly stdout: TextSink;
  /** Errors, progress and measurements. */
  readonly stderr: TextSink;
  readonly stdin: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean };
  /** Where a person types and reads; absent where stdin or stdout is none, or where it knows no escape sequences. */
  readonly terminal?: Terminal;
  /** File of the running program: packages, such as those of the models, are looked for from there. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the command between two pieces of work; exit code 130. */
  readonly signal?: AbortSignal;
  /** Lets a command take Ctrl-C while it is at work; the function that it gets hands it back. */
  readonly onInterrupt?: (handler: () => void) => () => void;
}
