/** Text that is certain to stand before any stop string, and whether one was found behind it. */
export interface Scanned {
  readonly text: string;
  /** The stop string that ended the text; null: none so far. */
  readonly stop: string | null;
}

/**
 * Finds the first of some strings in a text that grows, and holds back its end while it could be the start of one. Of two that
 * begin at one place, the one whose end comes first counts.
 */
export class StopScanner {
  readonly #stops: readonly string[];
  readonly #include: boolean;
  #held = "";

  /** @param include leaves the stop string in the text */
  constructor(stops: readonly string[], include = false) {
    this.#stops = stops.filter((stop) => stop !== "");
    this.#include = include;
  }

  /** More text. After a stop was found nothing more is to be given. */
  push(part: string): Scanned {
    const text = this.#held + part;
    const found = this.#first(text);
    if (found) {
      this.#held = "";
      return { text: text.slice(0, found.at + (this.#include ? found.stop.length : 0)), stop: found.stop };
    }
    const kept = this.#heldLength(text);
    this.#held = text.slice(text.length - kept);
    return { text: text.slice(0, text.length - kept), stop: null };
  }

  /** What was held back, at the end of the text. */
  flush(): string {
    const held = this.#held;
    this.#held = "";
    return held;
  }

  #first(text: string): { readonly at: number; readonly stop: string } | null {
    let best: { at: number; stop: string } | null = null;
    for (const stop of this.#stops) {
      const at = text.indexOf(stop);
      if (at < 0) continue;
      if (best === null || at + stop.length < best.at + best.stop.length) best = { at, stop };
    }
    return best;
  }

  /** Length of the longest end of the text that begins a stop string. */
  #heldLength(text: string): number {
    let longest = 0;
    for (const stop of this.#stops)
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
        if (text.endsWith(stop.slice(0, length))) longest = length;
    return longest;
  }
}
