/**
 * A signal that a program sends itself at a state that it reaches: nobody who watches it has to be faster than it is, on a machine
 * that stops either of them for a while.
 */
export interface OwnSignal {
  readonly signal: NodeJS.Signals;
  /** What it writes to: its output, the streamed answers of a server, or files whose names end so. */
  readonly to: "stdout" | "response" | `.${string}`;
  /** Once so many bytes were written there. SIGKILL cuts a line of a journal right behind them. */
  readonly bytes: number;
  /** So many ms later, where the program still runs then. */
  readonly afterMs?: number;
  /** A second one, once the first was heard. */
  readonly isTwice?: boolean;
}

/** Options of Node, before the program that is to send itself the signal. */
export const sendingItself = (when: OwnSignal): readonly string[] => [
  "--import",
  `${new URL("send-at-write.ts", import.meta.url).href}?${encodeURIComponent(JSON.stringify(when))}`,
];
