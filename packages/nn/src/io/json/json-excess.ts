/** Deeper than any file; keeps what walks over the parsed value from exhausting the stack. */
const maxDepth = 512;

/** Elements of a list up to which the parser's own lists, which grow, count for little. */
const shortList = 64;

/**
 * Bytes of V8's heap, of 8-byte words: a list or an object with its slots, a slot, a slot of a list that grew while it was
 * parsed, a member of an object that is a hash table, and a text beside its characters. Short texts are kept once.
 */
const costs = { list: 48, object: 56, slot: 8, grownSlot: 24, member: 72, text: 24, sharedText: 10 };

/** Bytes that the values of a JSON text may take, beside the text itself: some for each of its characters, and a base. */
export interface JsonAllowance {
  readonly perCharacter: number;
  readonly base: number;
}

/** Enough for the largest tokenizer.json, vocabulary and merges in as few characters as may be. */
const ample: JsonAllowance = { perCharacter: 2, base: 76 * 2 ** 20 };

/**
 * What is wrong with a JSON text that `JSON.parse` would make far more of than its size lets expect, such as a list of a
 * million empty lists; null where nothing is. One pass, before anything is made. Whether it is JSON is not looked at.
 */
export function jsonExcess(text: string, { perCharacter, base }: JsonAllowance = ample): string | null {
  const limit = perCharacter * text.length + base;
  /** Elements of the open lists, −1 for objects; index = depth. */
  const counts: number[] = [];
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const start = ++at;
        for (let code = text.charCodeAt(at); code !== 0x22 && at < text.length; code = text.charCodeAt(at))
          at += code === 0x5c ? 2 : 1;
        const length = at - start;
        bytes += costs.text + (length > costs.sharedText ? length : 0);
        break;
      }
      case 0x5b:
        if (counts.push(0) > maxDepth) return `nests deeper than ${maxDepth} levels`;
        bytes += costs.list;
        break;
      case 0x7b:
        if (counts.push(-1) > maxDepth) return `nests deeper than ${maxDepth} levels`;
        bytes += costs.object;
        break;
      case 0x5d:
      case 0x7d:
        counts.pop();
        break;
      case 0x3a:
        bytes += costs.member;
        break;
      case 0x2c: {
        const depth = counts.length - 1;
        const count = counts[depth] ?? -1;
        if (count >= 0) {
          counts[depth] = count + 1;
          bytes += count < shortList ? costs.slot : costs.grownSlot;
        }
        break;
      }
      default:
        continue;
    }
    if (bytes > limit)
      return `holds more than ${Math.floor(limit / 2 ** 20)} MiB of values in its first ${at} characters`;
  }
  return null;
}
