import { createSha } from "../../hub/browser/sha.ts";

/**
 * A salt as texts are stored under it, in memory and in files: its digest, since a salt may be somebody's key. None stays
 * none.
 */
export function storedSalt(salt: string): string {
  if (salt === "") return "";
  const sha = createSha("sha256");
  sha.update(new TextEncoder().encode(`helium-lm prefix salt\0${salt}`));
  return sha.finish();
}
