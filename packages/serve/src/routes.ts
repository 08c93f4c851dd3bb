import type { RouteModule } from "./http/serve-app.ts";
import { modelRoutes } from "./openai/model-routes.ts";
import { responseRoutes } from "./responses/response-routes.ts";
import { applyTemplateRoutes } from "./tokenization/apply-template-routes.ts";
import { detokenizeRoutes } from "./tokenization/detokenize-routes.ts";
import { tokenizeRoutes } from "./tokenization/tokenize-routes.ts";
import { tokenizerInfoRoutes } from "./tokenization/tokenizer-info-routes.ts";

/** All routes of the server, API by API. */
export const routes: readonly RouteModule[] = [
  modelRoutes,
  responseRoutes,
  tokenizeRoutes,
  detokenizeRoutes,
  tokenizerInfoRoutes,
  applyTemplateRoutes,
];
