import { openGguf } from "@helium-lm/nn/io/node";

/** Bytes of the weights that a decoded token goes through: all but an embedding table of which it needs one row. */
export async function weightBytesPerToken(path: string): Promise<number> {
  const file = await openGguf(path);
  try {
    const looked = file.has("output.weight") ? "token_embd.weight" : "";
    return file
      .names()
      .filter((name) => name !== looked)
      .reduce((bytes, name) => bytes + file.info(name).storedBytes, 0);
  } finally {
    await file.close();
  }
}
