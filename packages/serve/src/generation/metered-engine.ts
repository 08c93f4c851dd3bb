import { EngineWorkerError, type EngineHandle, type InferenceEngine, type WorkerRequest } from "@helium-lm/helium";
import type { RequestRecord } from "../http/request-record.ts";
import type { FinishedReason, ModelMetrics } from "../metrics/model-metrics.ts";

export interface EngineMeter {
  /** The request whose texts are computed. */
  readonly record: RequestRecord;
  readonly metrics: ModelMetrics;
  /** Told that the engine has ended by itself. */
  readonly onDeath: () => void;
}

/**
 * The engine as one request sees it: what it computes is counted for the request's record and the figures of the model, and an
 * engine that dies is told of.
 */
export function meteredEngine(engine: InferenceEngine, meter: EngineMeter): InferenceEngine {
  const watch = (error: unknown): void => {
    if (error instanceof EngineWorkerError) meter.onDeath();
  };
  const submit = (request: WorkerRequest): EngineHandle => {
    const handle = engine.submit(request);
    handle.result.catch(watch);
    void count(handle, meter);
    return handle;
  };
  return new Proxy(engine, {
    get: (target, name) => {
      if (name === "submit") return withWatch(submit, watch);
      const member: unknown = Reflect.get(target, name, target);
      // Private members are those of the engine itself.
      return typeof member === "function"
        ? withWatch(member.bind(target) as (...args: never[]) => unknown, watch)
        : member;
    },
  });
}

/** A method whose failures are looked at on their way. */
const withWatch =
  <Args extends readonly unknown[], R>(method: (...args: Args) => R, watch: (error: unknown) => void) =>
  (...args: Args): R => {
    try {
      const result = method(...args);
      if (result instanceof Promise) result.catch(watch);
      return result;
    } catch (error) {
      watch(error);
      throw error;
    }
  };

/** Reads the tokens beside whoever else does, to their end. */
async function count(handle: EngineHandle, { record, metrics }: EngineMeter): Promise<void> {
  let last: number | null = null;
  let reason: FinishedReason = "error";
  try {
    for await (const { index } of handle) {
      const now = performance.now();
      if (index === 0) {
        metrics.firstToken((now - record.arrivedAt) / 1000);
        const { promptTokens, reusedTokens } = handle.stats;
        record.promptTokens += promptTokens;
        metrics.tokens({ prompt: promptTokens, cached: reusedTokens });
      } else if (last !== null) metrics.nextToken((now - last) / 1000);
      last = now;
      record.completionTokens++;
      metrics.tokens({ generated: 1 });
    }
    const { finishReason } = await handle.result;
    reason = finishReason === "maxLength" || finishReason === "maxTime" ? "length" : "stop";
  } catch (error) {
    reason = error instanceof EngineWorkerError ? "error" : "abort";
  }
  metrics.finished(reason, handle.stats, record.ms / 1000);
}
