/** Bytes that stand in no text of UTF-8: before and behind the name of a special token. */
export const SPECIAL = { open: 0xff, close: 0xfe } as const;

/**
 * How grammars write a special token: its name between two bytes that no text has. So the automata of texts need to know
 * nothing of special tokens, and no text can be taken for one.
 */
export function specialTokenBytes(name: string): Uint8Array {
  const utf8 = new TextEncoder().encode(name);
  const bytes = new Uint8Array(utf8.length + 2);
  bytes[0] = SPECIAL.open;
  bytes.set(utf8, 1);
  bytes[bytes.length - 1] = SPECIAL.close;
  return bytes;
}

/** Whether a token of such bytes could be taken for a part of a special one: tokens of single bytes that no text has. */
export const holdsSpecialByte = (bytes: Uint8Array): boolean => bytes.some((byte) => byte >= SPECIAL.close);

/** The texts and special tokens that some bytes are, one after another; the last one may lack its end. */
export function splitAtSpecialTokens(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  const cut = (to: number): void => {
    if (to > from) parts.push(bytes.subarray(from, to));
    from = to;
  };
  for (const [at, byte] of bytes.entries())
    if (byte === SPECIAL.open) cut(at);
    else if (byte === SPECIAL.close) cut(at + 1);
  cut(bytes.length);
  return parts;
}
