import type { LogLikelihood, RollingLogLikelihood } from "../scoring/scorer.ts";

/** What was asked of a scorer: the method and what it takes. */
export type JournalQuestion =
  | readonly ["loglikelihood", context: string, continuation: string]
  | readonly ["loglikelihood_rolling", text: string]
  | readonly ["generate_until", context: string, until: readonly string[], maxNewTokens: number];

export type JournalAnswer = LogLikelihood | RollingLogLikelihood | string;

/** Answers that are there already, so that an evaluation that was stopped goes on where it was. */
export interface Journal {
  /** Undefined: it was not answered yet. */
  get(key: string): JournalAnswer | undefined;
  /** Keeps an answer at once. */
  add(key: string, answer: JournalAnswer): void;
}

/** A journal that ends with its owner. */
export class MemoryJournal implements Journal {
  readonly #answers = new Map<string, JournalAnswer>();

  get(key: string): JournalAnswer | undefined {
    return this.#answers.get(key);
  }

  add(key: string, answer: JournalAnswer): void {
    this.#answers.set(key, answer);
  }
}

/** Key of a question to one model: 128 bits of the SHA-256 of both. @param model all that its answers depend on */
export async function journalKey(model: string, question: JournalQuestion): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify([model, ...question]));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
