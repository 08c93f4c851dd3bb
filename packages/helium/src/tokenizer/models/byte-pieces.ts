const pieces = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);

/** The piece that stands for a byte, e.g. `<0x0A>`. */
export const bytePiece = (byte: number): string => pieces[byte] ?? "";

/** The ids of the byte pieces `<0x00>` … `<0xFF>`; −1 where the vocabulary has none. */
export const bytePieceIds = (vocab: ReadonlyMap<string, number>): Int32Array =>
  Int32Array.from({ length: 256 }, (_, byte) => vocab.get(bytePiece(byte)) ?? -1);
