import { EvalError } from "../errors.ts";
import { rstrip } from "../python/text.ts";

/** What scoring needs of a tokenizer; those of `@helium-lm/helium` have it. */
export interface ScoringTokenizer {
  readonly bosTokenId: number | null;
  readonly eosTokenId: number | null;
  readonly bosToken: string | null;
  encode(text: string, options?: { readonly addSpecialTokens?: boolean }): readonly number[];
}

export interface EncodedPair {
  /** At least one token. */
  readonly context: readonly number[];
  /** At least one token. */
  readonly continuation: readonly number[];
}

/** Special tokens as the tokenizer puts them (null), always a BOS token (true), or none (false). */
export type AddBosToken = boolean | null;

/**
 * Tokens of a context and of what follows it, as lm-evaluation-harness splits them: whitespace at the end of the context
 * belongs to the continuation, whose tokens are those of the whole text beyond as many as the context alone has. An empty
 * context is the token that begins a text.
 *
 * @throws EvalError for a continuation without tokens
 */
export function encodePair(
  tokenizer: ScoringTokenizer,
  context: string,
  continuation: string,
  addBosToken: AddBosToken = null,
): EncodedPair {
  if (context === "") return behindNothing(tokenizer, continuation);
  const start = rstrip(context);
  const rest = context.slice(start.length) + continuation;
  const whole = encodeText(tokenizer, start + rest, addBosToken);
  const own = encodeText(tokenizer, start, addBosToken);
  return checked({ context: own, continuation: whole.slice(own.length) }, continuation);
}

/** Tokens of a text, with its special tokens; a text that shows its BOS token gets no other. */
export function encodeText(tokenizer: ScoringTokenizer, text: string, addBosToken: AddBosToken): readonly number[] {
  const { bosToken, bosTokenId } = tokenizer;
  if (bosToken !== null && bosToken !== "" && text.startsWith(bosToken))
    return tokenizer.encode(text, { addSpecialTokens: false });
  if (addBosToken === null) return tokenizer.encode(text);
  const ids = tokenizer.encode(text, { addSpecialTokens: false });
  return addBosToken && bosTokenId !== null ? [bosTokenId, ...ids] : ids;
}

/** The token that begins a text: BOS, or without one EOS. @throws EvalError without either */
export function prefixToken({ bosTokenId, eosTokenId }: ScoringTokenizer): number {
  const token = bosTokenId ?? eosTokenId;
  if (token !== null) return token;
  throw new EvalError(
    "tokenizer",
    "has neither a BOS nor an EOS token, so that an empty context has no tokens; give every request a context",
  );
}

function behindNothing(tokenizer: ScoringTokenizer, continuation: string): EncodedPair {
  const ids = tokenizer.encode(continuation, { addSpecialTokens: false });
  const first = prefixToken(tokenizer);
  const pair = ids[0] === first && ids.length > 1 ? ids.slice(1) : ids;
  return checked({ context: [first], continuation: pair }, continuation);
}

function checked(pair: EncodedPair, continuation: string): EncodedPair {
  if (pair.continuation.length > 0) return pair;
  throw new EvalError(
    "continuation",
    `${JSON.stringify(continuation)} has no tokens behind its context; give it some text`,
    {
      given: continuation,
    },
  );
}
