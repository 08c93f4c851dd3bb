import { ApiError, invalidRequest } from "../errors.ts";
import type { RouteModule } from "../http/serve-app.ts";
import { bodyBytes } from "./body-bytes.ts";
import { jsonDepth } from "./json-depth.ts";

/** Arrays and objects within each other, at most. */
const DEEPEST = 256;

/** Longest wait for a body, in ms, where the whole request may take longer. */
const BODY_MS = 60_000;

const methods = new Set(["POST", "PUT", "PATCH"]);

/**
 * Reads the body of a request that has one, and checks before any route sees it that it is JSON: said to be, small enough, in
 * UTF-8 and not nested beyond reason.
 */
export const jsonBody: RouteModule = (app, { options }) => {
  app.use(async (c, next) => {
    if (!methods.has(c.req.method) || c.req.header("content-length") === "0" || isOther(c.req.path)) return next();
    const type = c.req.header("content-type");
    if (!isJson(type) && !(c.req.path.startsWith("/api/") && isUnstated(type))) throw wrongType(type);
    const ms = Math.min(BODY_MS, options.timeoutMs);
    const bytes = await bodyBytes(c.req.raw, { limit: options.bodyLimit, ms });
    const value = parse(bytes);
    if (!isJson(type)) c.req.raw = asJson(c.req.raw);
    // Hono would parse the text once more.
    c.req.json = () => Promise.resolve(value as never);
    return next();
  });
};

/** A route that reads an upload itself, or one that needs no body, which some clients then leave out without a length. */
const isOther = (path: string): boolean => path === "/v1/files" || /^\/v1\/batches\/[^/]*\/cancel$/.test(path);

const isJson = (type: string | undefined): boolean => /^\s*application\/([\w.-]+\+)?json\s*(;|$)/i.test(type ?? "");

/** Ollama's users send JSON with `curl -d`, which calls it a form. */
const isUnstated = (type: string | undefined): boolean =>
  !type || /^\s*application\/x-www-form-urlencoded\s*(;|$)/i.test(type);

/** The same request, without its body, which is read. */
function asJson({ url, method, headers, signal }: Request): Request {
  const own = new Headers(headers);
  own.set("content-type", "application/json");
  return new Request(url, { method, headers: own, signal });
}

/** @throws ApiError 400 */
function parse(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const depth = jsonDepth(text);
  if (depth > DEEPEST)
    throw invalidRequest("body", `is nested ${depth} levels deep; ${DEEPEST} are allowed`, {
      code: "too_deep",
      details: { depth, limit: DEEPEST },
    });
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own message quotes the text, which is not for logs.
    const at = /position (\d+)/.exec(String(cause))?.[1];
    throw invalidRequest("body", `is not JSON${at === undefined ? "" : `: wrong at character ${at}`}; mend it`, {
      code: "invalid_json",
    });
  }
}

/** @throws ApiError 400 */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidRequest("body", "is not UTF-8; encode it so", { code: "invalid_encoding" });
  }
}

const wrongType = (given: string | undefined): ApiError =>
  new ApiError(
    "content-type",
    `is ${given === undefined ? "missing" : JSON.stringify(given)}; expected application/json`,
    {
      status: 415,
      type: "invalid_request_error",
      code: "unsupported_media_type",
      details: { given },
    },
  );
