import { matchedRoutes } from "hono/route";
import type { RouteModule, ServeContext } from "../http/serve-app.ts";

/** Of a path that nothing was found at, no more than this is written. */
const LONGEST_PATH = 200;

/**
 * Counts each request, and writes one line for it when its answer is finished, of a stream its last event: never prompts,
 * answers, queries or headers.
 */
export const accessLog: RouteModule = (app, { options: { log }, metrics, state }) => {
  const finish = (c: ServeContext): void => {
    const { method, path, raw } = c.req;
    const { status } = c.res;
    const { ms, model, promptTokens, completionTokens, requestId } = c.get("record");
    metrics.observeRequest({ method, route: routeOf(c), status: String(status) }, ms / 1000);
    log.info(
      {
        requestId,
        ...{ method, path: path.slice(0, LONGEST_PATH), status, ms: Math.round(ms * 10) / 10 },
        ...(model !== null && { model, promptTokens, completionTokens }),
        ...(raw.signal.aborted && { aborted: true }),
      },
      "request",
    );
  };
  app.use(async (c, next) => {
    state.enter();
    const record = c.get("record");
    try {
      await next();
    } finally {
      record.whenDone(() => {
        state.leave();
        finish(c);
      });
    }
  });
};

/** The pattern of the route that answered, so that ids in paths make no figures of their own. */
const routeOf = (c: ServeContext): string =>
  (matchedRoutes(c).find(({ path }) => path !== "/*")?.path ?? "unmatched").replace(/\{.*?\}/g, "");
