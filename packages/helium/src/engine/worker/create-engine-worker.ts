import type { ClonableLocation } from "../../sources/resolve-source.ts";
import { EngineWorker, type EngineWorkerOptions } from "./engine-worker.ts";
import { startEngineWorker } from "./start-engine-worker.ts";

/**
 * An engine in a worker of its own, Node's or the page's: the caller's event loop is never held up, whatever the model
 * computes. The worker loads the model itself; requests, tokens and errors cross as messages, errors with their class and
 * data. The caller disposes it.
 *
 * Options that are functions cannot cross (`logitsProcessors`, `stoppingCriteria`, `prefixAllowedTokensFn`): such requests
 * are for an engine of `model.engine()`. `stopStrings` and `grammar` use the tokenizer that comes with the model.
 *
 * @param location a folder, a `.gguf` file, an http(s) URL of either, a repository of the hub, an installed small model, a
 *   `.gguf` file chosen in the page, or the files of a folder by their names
 * @throws what loading the model throws; EngineWorkerError where no worker starts, as under a Content-Security-Policy
 *   without `worker-src blob:` where `setWorkerFactory` names no script
 * @example
 * using engine = await createEngineWorker("models/helium-nano", { engine: { maxTokens: 16_384 } });
 * for await (const { id } of engine.submit({ inputIds, maxNewTokens: 64 })) show(tokenizer.decode([id]));
 */
export function createEngineWorker(
  location: ClonableLocation,
  options: EngineWorkerOptions = {},
): Promise<EngineWorker> {
  return EngineWorker.open(startEngineWorker, location, options);
}
