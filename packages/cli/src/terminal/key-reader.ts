import type { Key } from "./key.ts";

/** A key as `readline.emitKeypressEvents` tells it. */
export interface NodeKey {
  readonly sequence?: string | undefined;
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

/** Keys that terminals send with the modifiers spelled out, and that Node has no name for: Shift-Enter of the protocol of kitty. */
const spelledOut: Readonly<Record<string, string>> = {
  "\u001b[13;2u": "M-return",
  "\u001b[13;3u": "M-return",
  "\u001b[13;5u": "M-return",
  // Control with punctuation.
  "\u001f": "C-_",
};

/** Puts Node's keys together: a bracketed paste becomes one key, whatever lines and control characters are in it. */
export class KeyReader {
  readonly #onKey: (key: Key) => void;
  #paste: string[] | null = null;

  constructor(onKey: (key: Key) => void) {
    this.#onKey = onKey;
  }

  read(text: string | undefined, key: NodeKey): void {
    const { name, sequence = text ?? "" } = key;
    if (name === "paste-start") this.#paste = [];
    else if (name === "paste-end") {
      const pasted = this.#paste?.join("") ?? "";
      this.#paste = null;
      if (pasted !== "") this.#onKey({ kind: "paste", text: pasted });
    } else if (this.#paste !== null) this.#paste.push(sequence);
    else {
      const read = keyOf(sequence, key);
      if (read !== null) this.#onKey(read);
    }
  }
}

/** A key by its name, or else the text that it types; null where it does neither. */
function keyOf(sequence: string, { name, ctrl = false, meta = false }: NodeKey): Key | null {
  const spelled = spelledOut[sequence];
  if (spelled !== undefined) return { kind: "press", name: spelled };
  const isText = sequence !== "" && !/[\u0000-\u001f\u007f-\u009f]/.test(sequence);
  if (isText && !ctrl && !meta) return { kind: "text", text: sequence };
  // Ctrl-J: a line feed, where Enter is a carriage return.
  if (name === "enter") return { kind: "press", name: meta ? "M-return" : "C-j" };
  if (name === undefined || name === "undefined") return null;
  return { kind: "press", name: `${ctrl ? "C-" : ""}${meta ? "M-" : ""}${name}` };
}
