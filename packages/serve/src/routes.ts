import type { RouteModule } from "./http/serve-app.ts";
import { modelRoutes } from "./openai/model-routes.ts";

/** All routes of the server, API by API. */
export const routes: readonly RouteModule[] = [modelRoutes];
