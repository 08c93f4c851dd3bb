import type { JsonNode } from "../json-node.ts";
import { type Decoder, needsNeighbours } from "./decoder.ts";

/** Real tokenizers strip one space. */
const maxStrip = 1024;

/**
 * `{ "type": "Strip", "content": c, "start": n, "stop": m }`: removes up to n leading and m trailing `c` of each token.
 * Only up to m trailing `c` are held back, so a fused token still streams.
 */
export const readStrip = (node: JsonNode): Decoder => {
  const content = node.get("content").character();
  const start = node.get("start").index(maxStrip);
  const stop = node.get("stop").index(maxStrip);
  const sink: Decoder["sink"] = (next) => {
    let leading = start;
    let held = "";
    return {
      write: (text) => {
        let from = 0;
        while (leading > 0 && from < text.length) {
          if (!text.startsWith(content, from)) leading = 0;
          else {
            from += content.length;
            leading--;
          }
        }
        const rest = held + text.slice(from);
        let to = rest.length;
        for (let count = 0; count < stop && rest.endsWith(content, to); count++) to -= content.length;
        held = rest.slice(to);
        next.write(rest.slice(0, to));
      },
      end: () => {
        leading = start;
        held = "";
        next.end();
      },
      close: () => next.close(),
    };
  };
  return {
    sink,
    amid: (token, growth) => {
      // Fused, only the first and the last token of a text lose something.
      if (token.isFused) return token;
      if (typeof token.text !== "string") throw needsNeighbours("Strip");
      let text = "";
      const write = (part: string): void => void (text += part);
      const one = sink({ write, end: () => undefined, close: () => undefined }, growth);
      one.write(token.text);
      one.end();
      return { text, isFused: false };
    },
  };
};
