import type { BatchService } from "./batches/batch-service.ts";
import { Admission } from "./generation/admission.ts";
import { createApp } from "./http/create-app.ts";
import type { ServeApp } from "./http/serve-app.ts";
import { ServerMetrics } from "./metrics/server-metrics.ts";
import { ModelRegistry } from "./models/model-registry.ts";
import { resolveServerOptions, type ResolvedServerOptions, type ServerOptions } from "./server-options.ts";
import { ServerState } from "./server-state.ts";

/**
 * A server of language models as one fetch handler, for Node, Bun, Deno and service workers.
 *
 * @example
 * const server = new ModelServer({ models: [modelEntry("helium-nano", "models/helium-nano")] });
 * const response = await server.fetch(new Request("http://localhost/v1/models"));
 * console.log((await response.json()).data[0].id); // helium-nano
 * server.dispose();
 */
export class ModelServer implements Disposable {
  /** The options with their defaults. */
  readonly options: ResolvedServerOptions;
  readonly registry: ModelRegistry;
  readonly admission: Admission;
  readonly metrics = new ServerMetrics();
  readonly state = new ServerState();
  readonly app: ServeApp;
  readonly batches: BatchService | null;

  constructor(options: ServerOptions) {
    const resolved = resolveServerOptions(options);
    this.options = resolved;
    this.registry = new ModelRegistry(options.models, resolved);
    const { batches = null, batchSequences } = options;
    this.admission = new Admission({ ...resolved, ...(batchSequences !== undefined && { batchSequences }) });
    this.batches = batches;
    const { registry, admission, metrics, state } = this;
    this.app = createApp({ registry, admission, metrics, state, batches, options: resolved });
    batches?.start({
      fetch: (request, batch) => this.app.fetch(request, { batch }),
      atOnce: admission.batchSequences,
      log: resolved.log,
    });
  }

  /** Answers a request. It never throws: every failure is a response. */
  readonly fetch = (request: Request): Response | Promise<Response> => this.app.fetch(request);

  /**
   * Loads models before the first request asks for them; meanwhile `/health` and `/ready` say 503.
   *
   * @throws what loading throws; the server goes on, and tries again when a request asks
   */
  async preload(ids: readonly string[] = this.registry.ids): Promise<void> {
    this.state.phase = "starting";
    try {
      await this.registry.preload(ids);
    } finally {
      this.state.phase = "ready";
    }
  }

  /**
   * Takes no more requests (503), and waits for those under way.
   *
   * @param timeoutMs for how long at most
   * @returns whether all have ended
   */
  async drain(timeoutMs: number): Promise<boolean> {
    this.batches?.stop();
    this.state.phase = "draining";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    return Promise.race([this.state.idle().then(() => true), late]).finally(() => clearTimeout(timer));
  }

  /** Frees all models; requests under way fail. */
  dispose(): void {
    void this.batches?.dispose();
    this.registry.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
