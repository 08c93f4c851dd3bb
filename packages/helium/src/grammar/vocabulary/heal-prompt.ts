import { nodeOf } from "./token-trie.ts";
import type { TokenVocabulary } from "./token-vocabulary.ts";

/** A prompt without its last tokens, and the bytes of these, with which the continuation has to begin. */
export interface HealedPrompt {
  readonly ids: readonly number[];
  readonly prefix: Uint8Array;
}

/**
 * Takes back the last tokens of a prompt that are the beginning of what one token could say, so that the model may choose that
 * one: after `"http:` most models never write `//`, since they know `://` as one token. As many tokens are taken back as together
 * are a true beginning of some token; never a special token or one before it.
 *
 * @example
 * const vocabulary = TokenVocabulary.of(tokenizer);
 * const { ids, prefix } = healPrompt(vocabulary, tokenizer.encode("The link is http:"));
 */
export function healPrompt(vocabulary: TokenVocabulary, ids: readonly number[]): HealedPrompt {
  const { trie } = vocabulary;
  const longest = trie.height[0] ?? 0;
  let healed: HealedPrompt = { ids, prefix: new Uint8Array() };
  let suffix = new Uint8Array();
  for (let start = ids.length - 1; start >= 0; start--) {
    const bytes = vocabulary.bytesOf(ids[start] as number);
    if (bytes === null || bytes.length + suffix.length >= longest) break;
    suffix = Uint8Array.of(...bytes, ...suffix);
    const node = nodeOf(trie, suffix);
    if (node >= 0 && (trie.height[node] as number) > 0) healed = { ids: ids.slice(0, start), prefix: suffix };
  }
  return healed;
}
