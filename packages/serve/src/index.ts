export { ApiError, type ApiErrorType, type ApiProblem } from "./errors.ts";
export { ModelServer } from "./model-server.ts";
export { modelEntry, type ModelEntryOptions } from "./models/model-entry.ts";
export type { ModelEntry, ModelLease, ModelRegistry, ModelState, RegistryOptions } from "./models/model-registry.ts";
export { ServedModel, type ModelCard, type ServedModelOptions } from "./models/served-model.ts";
export type { ServerLog, ServerOptions } from "./server-options.ts";
