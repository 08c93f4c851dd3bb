import type { RouteModule } from "../http/serve-app.ts";
import { ApiError } from "../errors.ts";

/**
 * For a server that only this machine reaches: refuses what a page of somewhere else has the browser of its user send. A page
 * whose name was bound anew to 127.0.0.1 (DNS rebinding) is known by `Host`, which is still its own name; other pages by
 * `Origin`.
 */
export const loopbackOnly: RouteModule = (app, { options }) => {
  if (!options.loopbackOnly) return;
  const listed = new Set(options.corsOrigins);
  app.use(async (c, next) => {
    const host = c.req.header("host");
    if (host !== undefined && !isLoopback(hostnameOf(`http://${host}`))) throw refused("Host", host);
    const origin = c.req.header("origin");
    const isOpen = origin === undefined || listed.has("*") || listed.has(origin) || isLocalOrigin(origin);
    if (!isOpen) throw refused("Origin", origin);
    return next();
  });
};

/** Whether a host's name means this machine alone. */
export const isLoopback = (host: string | null): boolean =>
  host !== null && /^(localhost|[\w-]+\.localhost|127(\.\d{1,3}){3}|::1|\[::1\])\.?$/i.test(host);

const hostnameOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).hostname : null);

/** A page of this machine, or an app that is no page, such as an extension of an editor; "null" may be any page. */
function isLocalOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, hostname } = new URL(origin);
  return protocol === "http:" || protocol === "https:" ? isLoopback(hostname) : true;
}

const refused = (header: string, given: string): ApiError =>
  new ApiError(
    header,
    `${JSON.stringify(given)} is not this machine; ask at 127.0.0.1, or list the page's origin for CORS`,
    { status: 403, type: "permission_error", code: "forbidden_origin", details: { given } },
  );
