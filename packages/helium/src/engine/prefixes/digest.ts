import { createSha } from "../../hub/browser/sha.ts";

/** SHA-256 in hex, by the platform where it has one. */
export async function digest(bytes: Uint8Array): Promise<string> {
  // Pages of an insecure origin have none.
  const subtle = (globalThis.crypto as Partial<Crypto> | undefined)?.subtle;
  if (!subtle) {
    const sha = createSha("sha256");
    sha.update(bytes);
    return sha.finish();
  }
  const found = new Uint8Array(await subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
