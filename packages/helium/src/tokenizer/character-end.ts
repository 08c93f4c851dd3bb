/** Where the character at `start` ends: characters beyond the basic plane are two units. */
export const characterEnd = (text: string, start: number): number =>
  start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
