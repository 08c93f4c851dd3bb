import type { Key } from "./key.ts";
import type { RowScreen } from "./rows/live-rows.ts";

/** A terminal whose keys come one by one, and that obeys escape sequences. */
export interface Terminal extends RowScreen {
  /** Hears keys until the function that it returns is called; the terminal does not show them by itself meanwhile. */
  open(onKey: (key: Key) => void): () => void;
  /** Hears when `columns` or `rows` have changed, until the function that it returns is called. */
  onResize(handler: () => void): () => void;
  /** Lets the shell go on, as Ctrl-Z does, until it is told to come back. */
  suspend(): Promise<void>;
}
