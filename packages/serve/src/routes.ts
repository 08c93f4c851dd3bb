import { messageRoutes } from "./anthropic/message-routes.ts";
import { batchRoutes } from "./batches/batch-routes.ts";
import { fileRoutes } from "./batches/file-routes.ts";
import { decisionsRoutes } from "./decisions/decisions-routes.ts";
import { embeddingsRoutes } from "./embeddings/embeddings-routes.ts";
import { classifyRoutes } from "./heads/classify-routes.ts";
import { tagRoutes } from "./heads/tag-routes.ts";
import { openapiRoutes } from "./http/openapi-routes.ts";
import type { RouteModule } from "./http/serve-app.ts";
import { infillRoutes } from "./llama-server/infill-routes.ts";
import { slotsRoutes } from "./llama-server/slots-routes.ts";
import { chatRoutes } from "./openai/chat-routes.ts";
import { completionRoutes } from "./openai/completion-routes.ts";
import { healthRoutes } from "./health/health-routes.ts";
import { metricsRoutes } from "./metrics/metrics-route.ts";
import { answerRoutes } from "./ollama/answer-routes.ts";
import { embedRoutes } from "./ollama/embed-routes.ts";
import { ollamaModelRoutes } from "./ollama/model-routes.ts";
import { refusedRoutes } from "./ollama/refused-routes.ts";
import { modelRoutes } from "./openai/model-routes.ts";
import { responseRoutes } from "./responses/response-routes.ts";
import { applyTemplateRoutes } from "./tokenization/apply-template-routes.ts";
import { detokenizeRoutes } from "./tokenization/detokenize-routes.ts";
import { tokenizeRoutes } from "./tokenization/tokenize-routes.ts";
import { tokenizerInfoRoutes } from "./tokenization/tokenizer-info-routes.ts";

/** All routes of the server, API by API. */
export const routes: readonly RouteModule[] = [
  healthRoutes,
  metricsRoutes,
  modelRoutes,
  chatRoutes,
  completionRoutes,
  responseRoutes,
  messageRoutes,
  answerRoutes,
  embedRoutes,
  ollamaModelRoutes,
  refusedRoutes,
  embeddingsRoutes,
  fileRoutes,
  batchRoutes,
  decisionsRoutes,
  classifyRoutes,
  tagRoutes,
  infillRoutes,
  slotsRoutes,
  tokenizeRoutes,
  detokenizeRoutes,
  tokenizerInfoRoutes,
  applyTemplateRoutes,
  openapiRoutes,
];
