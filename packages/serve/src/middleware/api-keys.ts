import type { RouteModule } from "../http/serve-app.ts";
import { ApiError } from "../errors.ts";
import { equalDigests, hex, sha256 } from "./sha256.ts";

/**
 * Lets in who brings one of the keys, as `Authorization: Bearer …` or, as Anthropic's clients do, `x-api-key`. Keys are
 * compared as digests, all of them each time, so that the time tells nothing. What a key's requests store of their texts is
 * found by the same key only.
 */
export const apiKeys: RouteModule = (app, { options }) => {
  if (options.apiKeys.length === 0) return;
  const known = Promise.all(options.apiKeys.map(sha256));
  const open = new Set(options.openPaths);
  app.use(async (c, next) => {
    if (open.has(c.req.path) || c.env?.batch) return next();
    const key = bearer(c.req.header("authorization")) ?? c.req.header("x-api-key") ?? "";
    const given = await sha256(key);
    const matches = (await known).filter((digest) => equalDigests(digest, given)).length;
    if (key === "" || matches === 0) throw refused(key === "");
    c.set("keyDigest", hex(given));
    c.set("cacheSalt", hex(await sha256(`${options.cacheSecret}\n${hex(given)}`)));
    return next();
  });
};

const bearer = (header: string | undefined): string | null => /^Bearer +(\S.*?) *$/i.exec(header ?? "")?.[1] ?? null;

const refused = (isMissing: boolean): ApiError =>
  new ApiError(
    "API key",
    isMissing
      ? "is missing; send it as Authorization: Bearer <key> or x-api-key: <key>"
      : "is not known here; send another one",
    { status: 401, type: "authentication_error", code: "invalid_api_key" },
  );
