const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Nine letters and digits that stand for an id of any form: the same ones for the same id. FNV-1a, twice. */
export function shortId(id: string): string {
  let [low, high] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < id.length; at++) {
    low = Math.imul(low ^ id.charCodeAt(at), 0x01000193) >>> 0;
    high = Math.imul(high ^ id.charCodeAt(id.length - 1 - at), 0x01000193) >>> 0;
  }
  let rest = low * 2 ** 21 + (high >>> 11);
  let text = "";
  for (let digit = 0; digit < 9; digit++) {
    text += letters[rest % letters.length] ?? "";
    rest = Math.floor(rest / letters.length);
  }
  return text;
}

/** Nine letters and digits that nobody can guess. */
export const newShortId = (): string =>
  Array.from(crypto.getRandomValues(new Uint32Array(9)), (word) => letters[word % letters.length]).join("");
