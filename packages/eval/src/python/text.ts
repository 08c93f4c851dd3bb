/**
 * What Python's `str` does to a text where JavaScript's does something else: lengths count code points, white space has U+001C–
 * U+001F and U+0085 and not U+FEFF, and `capitalize` makes the rest of the text lower case.
 */

/** Characters of white space, for a character class of a regular expression with the flag `u`. */
export const spaceCharacters = String.raw`\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`;

const leadingSpace = new RegExp(`^[${spaceCharacters}]+`, "u");
const spaces = new RegExp(`[${spaceCharacters}]+`, "u");
const allSpaces = new RegExp(spaces.source, "gu");
const space = new RegExp(`[${spaceCharacters}]`, "u");

/** `len(text)`: the number of code points. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.codePointAt(i) as number) < 0x10000) continue;
    length--;
    i++;
  }
  return length;
}

/** `len(text.encode("utf-8"))`; a lone surrogate, which Python refuses, counts as the three bytes of U+FFFD. */
export const utf8Length = (text: string): number => new TextEncoder().encode(text).length;

/** `text.lstrip()` */
export const lstrip = (text: string): string => text.replace(leadingSpace, "");

/** `text.rstrip()`, in time linear in what is cut off. */
export function rstrip(text: string): string {
  let end = text.length;
  while (end > 0 && space.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `text.strip()` */
export const strip = (text: string): string => lstrip(rstrip(text));

/** `text.split()`: the words between white space; none for a text of white space alone. */
export const splitWords = (text: string): string[] => text.split(spaces).filter((word) => word !== "");

/** `re.split(r"\s+", text)`: as `splitWords`, with an empty word where the text begins or ends with white space. */
export const splitAtSpaces = (text: string): string[] => text.split(spaces);

/** `" ".join(text.split())` */
export const foldSpaces = (text: string): string => splitWords(text).join(" ");

/** `"".join(text.split())` */
export const withoutSpaces = (text: string): string => text.replace(allSpaces, "");

/** `text.capitalize()`: the first character in title case, all others in lower case. */
export function capitalize(text: string): string {
  if (text === "") return "";
  const first = String.fromCodePoint(text.codePointAt(0) as number);
  // Lower case of the whole text, since a sigma at the end of a word depends on what stands before it.
  return titleCase(first) + text.toLowerCase().slice(first.toLowerCase().length);
}

/** Characters whose title case is neither their upper case nor made of it: digraphs, and one that has its own rule. */
const titles: ReadonlyMap<string, string> = new Map([
  ["ŉ", "ʼN"],
  ...["Ǆǅǆ", "Ǉǈǉ", "Ǌǋǌ", "Ǳǲǳ"].flatMap((forms) => [...forms].map((form) => [form, forms.charAt(1)] as const)),
]);

/** U+0345, the iota that stands beneath a Greek vowel and is written beside it in upper case alone. */
const iotaSubscript = "\u0345";
const isGeorgian = /^[\u10d0-\u10fa\u10fd-\u10ff]$/;

/** The title case of one character. Source: the Unicode Standard, SpecialCasing.txt and UnicodeData.txt. */
function titleCase(character: string): string {
  const known = titles.get(character);
  if (known !== undefined) return known;
  // Georgian has capitals for words in capitals alone.
  if (isGeorgian.test(character)) return character;
  const parts = character.normalize("NFD");
  if (parts.length > 1 && parts.endsWith(iotaSubscript)) {
    const vowel = parts.slice(0, -1).toUpperCase().normalize("NFC");
    return vowel.length === 1 ? (vowel + iotaSubscript).normalize("NFC") : vowel + iotaSubscript;
  }
  const [head = "", ...rest] = character.toUpperCase();
  return head + rest.join("").toLowerCase();
}
