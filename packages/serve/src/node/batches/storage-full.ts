import { ByteSourceError } from "@helium-lm/nn";
import { ApiError } from "../../errors.ts";

const full: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** What a client is told where nothing more can be kept: 507; other failures stay what they are. */
export function storageFull(error: unknown): unknown {
  const code = error instanceof ByteSourceError ? error.details["code"] : (error as NodeJS.ErrnoException).code;
  if (!full.has(code)) return error;
  return new ApiError(
    "server",
    "has no room for more files; delete some, or tell whoever runs it",
    { status: 507, type: "server_error", code: "insufficient_storage" },
    { cause: error },
  );
}
