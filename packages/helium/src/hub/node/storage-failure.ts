import { FileLockError } from "@helium-lm/nn";
import { HubError, HubStorageError } from "../../errors.ts";
import { codeOf } from "./node-builtins.ts";

/** What the system's codes mean for the user. */
const mends: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; free some space, or set HF_HUB_CACHE to another disk",
  EDQUOT: "the quota is used up; free some space, or set HF_HUB_CACHE to another disk",
  EACCES: "it may not be written; check its permissions, or set HF_HUB_CACHE to another folder",
  EPERM: "it may not be written; check its permissions, or set HF_HUB_CACHE to another folder",
  ENAMETOOLONG: "the name is too long for this file system; its authors must give it a shorter one",
  EROFS: "it cannot be written; set HF_HUB_CACHE to another folder",
};

/** Runs an action on the cache; what the file system throws becomes a HubStorageError that names `path`. */
export async function storing<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof FileLockError)
      throw new HubStorageError(cause.subject, cause.message.slice(cause.subject.length + 2), cause.details, { cause });
    const code = codeOf(cause);
    if (code === undefined || cause instanceof HubError) throw cause;
    const mend = mends[code] ?? `${(cause as Error).message}; check the cache's folder`;
    throw new HubStorageError(path, mend, { code }, { cause });
  }
}
