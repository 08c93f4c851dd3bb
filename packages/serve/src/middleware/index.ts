import type { RouteModule } from "../http/serve-app.ts";
import { accessLog } from "./access-log.ts";
import { apiKeys } from "./api-keys.ts";
import { crossOrigin } from "./cross-origin.ts";
import { draining } from "./draining.ts";
import { jsonBody } from "./json-body.ts";
import { loopbackOnly } from "./loopback-only.ts";
import { requestIds } from "./request-id.ts";

/** What every request goes through before its route, in this order: who may not ask has no body read. */
export const middleware: readonly RouteModule[] = [
  requestIds,
  accessLog,
  loopbackOnly,
  crossOrigin,
  draining,
  apiKeys,
  jsonBody,
];
