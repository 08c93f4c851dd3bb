export type { EngineModel, PoolOptions } from "./engine-model.ts";
export { Engine, type EngineOptions, type EngineStats } from "./engine.ts";
