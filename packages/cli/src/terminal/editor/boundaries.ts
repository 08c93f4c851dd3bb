import { graphemesOf } from "../rows/text-width.ts";

// A line break is a character of its own, as is a carriage return.
const lastOf = (text: string): string => graphemesOf(text.slice(text.lastIndexOf("\n") + 1)).at(-1) ?? "\n";
const firstOf = (text: string): string => {
  const end = text.indexOf("\n");
  return end === 0 ? "\n" : (graphemesOf(end < 0 ? text : text.slice(0, end))[0] ?? "");
};

/** Where the character before a place begins. */
export const before = (text: string, at: number): number => (at === 0 ? 0 : at - lastOf(text.slice(0, at)).length);

/** Where the character behind a place ends. */
export const behind = (text: string, at: number): number => at + firstOf(text.slice(at)).length;

const isWordCharacter = (text: string): boolean => /[\p{L}\p{N}\p{M}_]/u.test(text);

/** Where the word begins that a place is in or behind. */
export function wordStart(text: string, at: number): number {
  const step = (isWord: boolean): void => {
    while (at > 0 && isWordCharacter(text.slice(before(text, at), at)) === isWord) at = before(text, at);
  };
  step(false);
  step(true);
  return at;
}

/** Where the word ends that a place is in or before. */
export function wordEnd(text: string, at: number): number {
  const step = (isWord: boolean): void => {
    while (at < text.length && isWordCharacter(text.slice(at, behind(text, at))) === isWord) at = behind(text, at);
  };
  step(false);
  step(true);
  return at;
}

/** Where the run of characters that are no white space begins, as shells count words for Ctrl-W. */
export function spacedStart(text: string, at: number): number {
  while (at > 0 && /\s/.test(text[at - 1] as string)) at--;
  while (at > 0 && !/\s/.test(text[at - 1] as string)) at--;
  return at;
}

// Before the first character, lastIndexOf would look at it.
export const lineStart = (text: string, at: number): number => (at === 0 ? 0 : text.lastIndexOf("\n", at - 1) + 1);

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** The nearest place that is not inside of a character. */
export function snapped(text: string, at: number): number {
  const start = lineStart(text, at);
  let place = start;
  while (place < at) {
    const next = behind(text, place);
    if (next > at) break;
    place = next;
  }
  return place;
}
