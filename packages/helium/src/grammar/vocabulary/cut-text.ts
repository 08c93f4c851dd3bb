import type { Tokenizer } from "../../tokenizer/tokenizer.ts";
import { coverBytes } from "./cover-bytes.ts";
import type { TokenTrie } from "./token-trie.ts";

/** What the cutting needs of a vocabulary. */
interface Vocabulary {
  readonly trie: TokenTrie;
  bytesOf(token: number): Uint8Array | null;
}

/**
 * Texts to stand in front, in the order in which they are tried: behind a line break words begin anew, and behind a letter all
 * else does.
 */
const leads = { letter: ["\n", '"', " ", "1"], other: ["a", "\n", "1", '"'] } as const;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const startsWithLetter = /^[\p{L}\p{M}\p{N}_]/u;

/**
 * The ids of a text in the middle of a longer one. The text is encoded behind ordinary text, and that is cut off again where
 * its own tokens are there unchanged and the rest is exactly the text; nothing in it counts as a special token. Parts of
 * characters at both ends are covered by the fewest tokens. Null where no text in front fits.
 */
export function cutText(tokenizer: Tokenizer, vocabulary: Vocabulary, bytes: Uint8Array): readonly number[] | null {
  const [from, to] = wholeCharacters(bytes);
  const text = decode(bytes.subarray(from, to));
  if (text === null) return null;
  const parts = [
    coverBytes(vocabulary.trie, bytes.subarray(0, from)),
    text === "" ? [] : cutWhole(tokenizer, vocabulary, text, bytes.subarray(from, to)),
    coverBytes(vocabulary.trie, bytes.subarray(to)),
  ];
  return parts.every((part) => part !== null) ? parts.flat() : null;
}

function cutWhole(
  tokenizer: Tokenizer,
  vocabulary: Vocabulary,
  text: string,
  bytes: Uint8Array,
): readonly number[] | null {
  const options = { addSpecialTokens: false, splitSpecialTokens: true };
  for (const lead of startsWithLetter.test(text) ? leads.letter : leads.other) {
    const before = tokenizer.encode(lead, options);
    const ids = tokenizer.encode(lead + text, options);
    if (before.some((id, index) => ids[index] !== id)) continue;
    const rest = ids.slice(before.length);
    if (isText(vocabulary, rest, bytes)) return rest;
  }
  return null;
}

/** Whether the tokens' bytes, one after another, are `bytes`. */
function isText(vocabulary: Vocabulary, ids: readonly number[], bytes: Uint8Array): boolean {
  let at = 0;
  for (const id of ids) {
    const token = vocabulary.bytesOf(id);
    if (token === null || token.some((byte, index) => bytes[at + index] !== byte)) return false;
    at += token.length;
  }
  return at === bytes.length;
}

/** Where the first whole character begins and the last one ends. */
function wholeCharacters(bytes: Uint8Array): readonly [number, number] {
  const isWithin = (at: number): boolean => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  let from = 0;
  while (from < 3 && isWithin(from)) from++;
  let last = bytes.length - 1;
  while (last > from && last > bytes.length - 4 && isWithin(last)) last--;
  const lead = bytes[last] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  const to = last >= from && last + length > bytes.length ? last : bytes.length;
  return [Math.min(from, bytes.length), to];
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}
