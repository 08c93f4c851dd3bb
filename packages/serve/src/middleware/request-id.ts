import type { RouteModule } from "../http/serve-app.ts";
import { newId } from "../http/new-id.ts";
import { RequestRecord } from "../http/request-record.ts";

/** Gives each request its id, the client's own where it has a usual form, and the record of what becomes of it. */
export const requestIds: RouteModule = (app) => {
  app.use(async (c, next) => {
    const given = c.req.header("x-request-id");
    const requestId = given !== undefined && /^[\w.:-]{1,128}$/.test(given) ? given : newId("req");
    c.set("requestId", requestId);
    c.set("record", new RequestRecord(requestId));
    c.set("cacheSalt", c.env?.batch?.cacheSalt ?? "");
    c.set("keyDigest", "");
    await next();
    // Behind the answer: streams are responses of their own, which know of no header set before.
    c.header("x-request-id", requestId);
  });
};
