import type { Trie } from "../models/trie.ts";
import type { AlignedText } from "../aligned-text.ts";
import type { PreTokenizer } from "../stages.ts";

/** Makes every occurrence of a key of `trie`, leftmost and longest first, a piece of its own. */
export const isolate =
  (trie: Trie): PreTokenizer =>
  (pieces) =>
    pieces.flatMap((piece) => {
      const parts: AlignedText[] = [];
      let done = 0;
      for (let at = 0; at < piece.text.length;) {
        const match = trie.longestMatch(piece.text, at);
        if (match === null) {
          at++;
          continue;
        }
        if (done < at) parts.push(piece.slice(done, at));
        parts.push(piece.slice(at, match.end));
        at = done = match.end;
      }
      if (done < piece.text.length) parts.push(done === 0 ? piece : piece.slice(done, piece.text.length));
      return parts;
    });
