/** Most bytes of a file that is read whole: far above any tokenizer.json, far below what would hurt. */
export const MOST_SMALL_BYTES = 100_000_000;

/** The text of a file, with every character that it has. */
export const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
