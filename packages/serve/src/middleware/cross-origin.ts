import { cors } from "hono/cors";
import type { RouteModule } from "../http/serve-app.ts";

/** Seconds for which a browser remembers that it may ask. */
const MAX_AGE = 600;

/** Tells browsers that pages of the origins listed may read the answers; without any, browsers keep them from all pages. */
export const crossOrigin: RouteModule = (app, { options: { corsOrigins } }) => {
  if (corsOrigins.length === 0) return;
  app.use(
    cors({
      origin: corsOrigins.includes("*") ? "*" : [...corsOrigins],
      exposeHeaders: ["x-request-id", "retry-after"],
      maxAge: MAX_AGE,
    }),
  );
};
