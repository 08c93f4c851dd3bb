import { TokenizerError, type TokenLogprobs } from "@helium-lm/helium";
import type { ServedModel } from "../models/served-model.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What JSON can hold in place of −∞; vLLM's choice. */
const LEAST_LOGPROB = -9999;

/** How a token is shown in lists of log-probabilities. */
export class TokenNames {
  readonly #model: ServedModel;
  readonly #special: ReadonlySet<number>;
  readonly #known = new Map<number, string>();
  readonly #asIds: boolean;

  /** @param asIds names tokens `token_id:7`, so that programs read the id */
  constructor(model: ServedModel, asIds = false) {
    this.#model = model;
    this.#special = new Set(model.tokenizer.allSpecialIds);
    this.#asIds = asIds;
  }

  /** Its text; that of a part of a character is made of its bytes, as `\xe2\x82`. */
  nameOf(id: number): string {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const name = this.#asIds ? `token_id:${id}` : this.#textOf(id);
    this.#known.set(id, name);
    return name;
  }

  /** The bytes that it adds to the text; null for a special token. */
  bytesOf(id: number): readonly number[] | null {
    const bytes = this.#special.has(id) ? null : this.#rawBytes(id);
    return bytes === null ? null : [...bytes];
  }

  /** The bytes of its text; of a special token those of its name. */
  textBytesOf(id: number): Uint8Array {
    return this.#rawBytes(id) ?? new Uint8Array();
  }

  #textOf(id: number): string {
    const { tokenizer } = this.#model;
    const bytes = this.#special.has(id) ? null : this.#rawBytes(id);
    if (bytes === null) return tokenizer.convertIdsToTokens(id) ?? `token_id:${id}`;
    try {
      return utf8.decode(bytes);
    } catch {
      return Array.from(bytes, escaped).join("");
    }
  }

  #rawBytes(id: number): Uint8Array | null {
    const { tokenizer } = this.#model;
    try {
      return tokenizer.tokenBytes(id);
    } catch (error) {
      if (!(error instanceof TokenizerError)) throw error;
      // The token's text depends on those beside it: this is what it is alone.
      return encoder.encode(tokenizer.decode([id]));
    }
  }
}

/** A printable character of ASCII as it is, another byte as `\x0a`. */
const escaped = (byte: number): string =>
  byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;

/** One token of a list of alternatives. */
export interface Alternative {
  readonly id: number;
  readonly logprob: number;
}

/** A log-probability that JSON can hold. */
export const finite = (logprob: number): number => Math.max(logprob, LEAST_LOGPROB);

/**
 * The likeliest tokens in the place of one, with the token itself: in its place among them, or behind them. It has one and the
 * same number wherever it is shown, so that programs can compare.
 */
export function alternatives(id: number, { logprob, top }: TokenLogprobs): readonly Alternative[] {
  const shown = top.map((one) =>
    one.id === id ? { id, logprob: finite(logprob) } : { ...one, logprob: finite(one.logprob) },
  );
  return shown.some((one) => one.id === id) ? shown : [...shown, { id, logprob: finite(logprob) }];
}
