import { SPECIAL } from "./special-token-bytes.ts";
import { childOf, nodeOf } from "./token-trie.ts";
import type { TokenVocabulary } from "./token-vocabulary.ts";

/** What is needed of a grammar's state: see `GrammarState`. */
export interface ForcingState<State> {
  /** Whether the text may end here. */
  readonly isAccepting: boolean;
  /** The only byte that the text can go on with; −1 if it may end or there are several. */
  forcedByte(): number;
  stepByte(byte: number): State | null;
}

/** Bytes that are looked ahead; the next ones follow when these tokens are taken. */
const mostBytes = 512;

/** Steps of the grammar in the search for one token that spans the end. */
const mostSteps = 4096;

/**
 * The tokens that must come next in this state: the bytes that have no alternative, cut as the tokenizer cuts them. At their
 * end stay out those that a single token could replace which begins in the forced text and goes on, as the grammar allows,
 * behind it: a model expects that one, so the choice is left to it. Often none. They depend on nothing but the state.
 *
 * Background: "Fast-forward tokens" of llguidance, and "The art of prompt design: prompt boundaries and token healing".
 */
export function forcedTokens<State extends ForcingState<State>>(
  vocabulary: TokenVocabulary,
  state: State,
): readonly number[] {
  const { bytes, end } = forcedText(state);
  if (bytes.length === 0) return [];
  const ids = vocabulary.encode(bytes);
  if (ids === null) return [];
  const certain = spanningStart(vocabulary, bytes, end);
  const kept: number[] = [];
  let at = 0;
  for (const id of ids) {
    at += vocabulary.grammarBytesOf(id)?.length ?? 0;
    if (at > certain) break;
    kept.push(id);
  }
  return kept;
}

/** The bytes that have no alternative, and the state behind them; a special token is there as a whole, or not at all. */
function forcedText<State extends ForcingState<State>>(start: State): { bytes: Uint8Array; end: State } {
  const bytes: number[] = [];
  let end = start;
  let special: { readonly from: number; readonly before: State } | null = null;
  while (bytes.length < mostBytes) {
    const byte = end.isAccepting ? -1 : end.forcedByte();
    const next = byte < 0 ? null : end.stepByte(byte);
    if (next === null) break;
    if (byte === SPECIAL.open) special = { from: bytes.length, before: end };
    else if (byte === SPECIAL.close) special = null;
    bytes.push(byte);
    end = next;
  }
  if (special) return { bytes: Uint8Array.from(bytes.slice(0, special.from)), end: special.before };
  return { bytes: Uint8Array.from(bytes), end };
}

/** The first place where a token can begin that spans the end of the forced bytes; their length if there is none. */
function spanningStart<State extends ForcingState<State>>(
  vocabulary: TokenVocabulary,
  bytes: Uint8Array,
  end: State,
): number {
  const { trie } = vocabulary;
  const longest = trie.height[0] ?? 0;
  const budget = { steps: mostSteps };
  for (let from = Math.max(0, bytes.length - longest + 1); from < bytes.length; from++) {
    const node = nodeOf(trie, bytes, from);
    if (node >= 0 && goesOn(vocabulary, node, end, budget)) return from;
  }
  return bytes.length;
}

/** Whether the grammar lets a token go on below `node`. Beyond the budget it is taken for granted, which forces less. */
function goesOn<State extends ForcingState<State>>(
  vocabulary: TokenVocabulary,
  node: number,
  state: State,
  budget: { steps: number },
): boolean {
  const { trie } = vocabulary;
  const end = trie.end[node] as number;
  const forced = state.isAccepting ? -1 : state.forcedByte();
  let child = forced < 0 ? node + 1 : childOf(trie, node, forced);
  while (child >= 0 && child < end) {
    if (budget.steps-- <= 0) return true;
    const next = state.stepByte(trie.byte[child] as number);
    if (next !== null) {
      const first = trie.first[child] as number;
      if (first < (trie.first[child + 1] as number) || goesOn(vocabulary, child, next, budget)) return true;
    }
    if (forced >= 0) return false;
    child = trie.end[child] as number;
  }
  return false;
}
