import type { BatchService } from "./batches/batch-service.ts";
import { hasChatTemplate } from "./chat/chat-prompt.ts";
import { newId } from "./http/new-id.ts";
import type { ModelEntry, ModelState } from "./models/model-registry.ts";
import type { ServedModel } from "./models/served-model.ts";
import { silentLog, type ServerLog } from "./server-log.ts";

export interface ServerOptions {
  /** The models, the default one first. */
  readonly models: readonly ModelEntry[];
  /** Texts computed at the same time, at most; default 32. */
  readonly maxSequences?: number;
  /** Requests that wait for their turn, at most, without those of batches; further ones are answered with 429. Default 64. */
  readonly maxWaiting?: number;
  /** Of those, the ones of batches at most; default: three quarters, and one at least. */
  readonly batchSequences?: number;
  /** Keeps files and batches for `/v1/files` and `/v1/batches`; default: these routes say that they are off. */
  readonly batches?: BatchService;
  /** Milliseconds after its last request in which a model keeps its memory; default: for ever. */
  readonly idleMs?: number;
  /** Requests have to bring one of these, as `Authorization: Bearer …` or `x-api-key`; default: none is needed. */
  readonly apiKeys?: readonly string[];
  /** Pages of these origins may use the server, `*`: of all; default: none. */
  readonly corsOrigins?: readonly string[];
  /** Paths that need no key; default /health, /ready and /metrics. */
  readonly openPaths?: readonly string[];
  /**
   * Mixed into what separates the stored starts of texts of one key from those of another; default: a random one. Stored starts
   * that are saved are found again under the same secret only.
   */
  readonly cacheSecret?: string;
  /** Refuses requests whose `Host` or `Origin` is another machine's, for servers at 127.0.0.1. Default false. */
  readonly loopbackOnly?: boolean;
  /** Bytes of a request's body at most; default 16 MiB. */
  readonly bodyLimit?: number;
  /** Milliseconds that a request may take; default: ten minutes. */
  readonly timeoutMs?: number;
  /** Default: nothing is written. */
  readonly log?: ServerLog;
}

/** The options with their defaults. */
export interface ResolvedServerOptions extends Required<Omit<ServerOptions, "models" | "batches" | "batchSequences">> {
  readonly onState: (id: string, state: ModelState, error?: unknown) => void;
  readonly onLoaded: (model: ServedModel) => void;
}

/** Fills in the defaults. */
export function resolveServerOptions({ log = silentLog, ...options }: ServerOptions): ResolvedServerOptions {
  return {
    maxSequences: options.maxSequences ?? 32,
    maxWaiting: options.maxWaiting ?? 64,
    idleMs: options.idleMs ?? Infinity,
    apiKeys: options.apiKeys ?? [],
    corsOrigins: options.corsOrigins ?? [],
    openPaths: options.openPaths ?? ["/health", "/ready", "/metrics"],
    cacheSecret: options.cacheSecret ?? newId("secret"),
    loopbackOnly: options.loopbackOnly ?? false,
    bodyLimit: options.bodyLimit ?? 16 * 2 ** 20,
    timeoutMs: options.timeoutMs ?? 600_000,
    log,
    onState: (model, state, error) => {
      if (state === "failed") log.error({ model, error: String(error) }, "a model could not be loaded");
      else log.info({ model, state }, "model");
    },
    onLoaded: (model) => {
      if (model.engine.model.head === "causal-lm" && !hasChatTemplate(model))
        log.warn({ model: model.id }, "has no chat template: a chat goes on with its messages, joined by line breaks");
    },
  };
}
