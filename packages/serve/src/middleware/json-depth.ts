/** How deep arrays and objects lie within each other in a JSON text; brackets in strings do not count. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    // `{` and `}` are `[` and `]` with one more bit.
    else if ((code & ~CURLY) === OPEN) deepest = Math.max(deepest, ++depth);
    else if ((code & ~CURLY) === CLOSE) depth--;
  }
  return deepest;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CURLY = 0x20;
