import { Admission } from "./generation/admission.ts";
import { createApp } from "./http/create-app.ts";
import type { ServeApp } from "./http/serve-app.ts";
import { ModelRegistry } from "./models/model-registry.ts";
import { resolveServerOptions, type ServerOptions } from "./server-options.ts";

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
  readonly registry: ModelRegistry;
  readonly admission: Admission;
  readonly app: ServeApp;

  constructor(options: ServerOptions) {
    const resolved = resolveServerOptions(options);
    this.registry = new ModelRegistry(options.models, resolved);
    this.admission = new Admission(resolved);
    this.app = createApp({ registry: this.registry, admission: this.admission, options: resolved });
  }

  /** Answers a request. It never throws: every failure is a response. */
  readonly fetch = (request: Request): Response | Promise<Response> => this.app.fetch(request);

  /** Frees all models; requests under way fail. */
  dispose(): void {
    this.registry.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
