export type { ClientEngine, ClientOptions, EngineClient } from "./engine-client.ts";
export type { EngineModel, PoolOptions } from "./engine-model.ts";
export { CancelledError, EngineWorkerError, HeadError, PrefixFileError } from "../errors.ts";
export { EngineHandle, type HandleSink, type HandleStart } from "./engine-handle.ts";
export type { EngineRequest, EngineResult, EngineToken, RequestStats, TokenLogprobs } from "./request.ts";
export type { ClonableEngineOptions, EngineOptions, EngineStats, PageStats, ReplayStats } from "./engine-options.ts";
export { Engine } from "./engine.ts";
export type {
  Candidates,
  CandidatesWanted,
  Choice,
  GreedyWanted,
  LogitsWanted,
  OutputOf,
  LogProbs,
  LogProbsWanted,
  RowSampling,
  SampleWanted,
  Scored,
  ScoredWanted,
  StatesWanted,
  TopTokens,
  TopWanted,
  Wanted,
} from "./outputs/wanted.ts";
export type { LoadedPrefixes } from "./prefixes/load-prefixes.ts";
export { loadPrefixFile, savePrefixFile } from "./prefixes/prefix-file-on-disk.ts";
export type { SavePrefixesOptions } from "./prefixes/save-prefixes.ts";
export type { EngineRow, WorkRequest } from "./work.ts";
export {
  createInferenceEngine,
  type InferenceEngineOptions,
  type LoadedModel,
} from "./inference/create-inference-engine.ts";
export type { InferenceEngine, WorkerModel, WorkerRequest } from "./inference/inference-engine.ts";
export { createEngineWorker } from "./worker/create-engine-worker.ts";
export { EngineWorker, type EngineWorkerOptions } from "./worker/engine-worker.ts";
export type { WorkerLoadOptions } from "./worker/protocol.ts";
