import { serveRoles, type WorkerRoles } from "./workers/serve-roles.ts";

export type { WorkerMain, WorkerRoles } from "./workers/serve-roles.ts";

/**
 * Makes the worker that calls it one of this package's: a thread of wasm, or one that quantises. For a script of the page's
 * own, which `setWorkerFactory` names.
 *
 * @param roles what else it may be
 */
export function serveWorker(roles: WorkerRoles = {}): void {
  serveRoles({
    "wasm-thread": async () => (await import("./backends/wasm/threads/worker-main.ts")).workerMain,
    quantize: async () => (await import("./quant/parallel/worker-entry.ts")).main,
    ...roles,
  });
}
