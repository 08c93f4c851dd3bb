import type { EngineRequest } from "../request.ts";

/** A request without what is a function: none can cross to the worker, which has its model's own tokenizer for `stopStrings`. */
export type WorkerRequest = Omit<
  EngineRequest,
  "assistantModel" | "logitsProcessors" | "stoppingCriteria" | "prefixAllowedTokensFn" | "tokenizer"
>;
