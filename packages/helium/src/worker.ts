import { serveWorker as serveTensorWorker } from "@helium-lm/tensor/worker";

/**
 * Makes the worker that calls it one of this project's: an engine, a thread of wasm, or one that quantises. For a script of the
 * page's own, which `setWorkerFactory` names, where the Content-Security-Policy has `worker-src 'self'`. Vite needs
 * `worker: { format: "es" }` for it.
 *
 * @example
 * import { serveWorker } from "@helium-lm/helium/worker";
 * serveWorker();
 */
export function serveWorker(): void {
  serveTensorWorker({ engine: async () => (await import("./engine/worker/worker-entry.ts")).main });
}
