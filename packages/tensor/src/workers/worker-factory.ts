/** Makes a worker of a page, from a script of the page's own that calls `serveWorker`. */
export type WorkerFactory = () => Worker;

let factory: WorkerFactory | null = null;

/**
 * Says where the page's workers come from: the threads of wasm, those that quantise, and engines in workers. By default they
 * are made of a text (`blob:`), so that no file has to be hosted; a Content-Security-Policy with `worker-src 'self'` forbids
 * that, and wants a script of the page:
 *
 * ```js
 * // helium-worker.js
 * import { serveWorker } from "@helium-lm/helium/worker"; // or "@helium-lm/tensor/worker", without engines
 * serveWorker();
 * ```
 *
 * Node asks no factory. Workers that run already stay; null goes back to the default.
 *
 * @example
 * setWorkerFactory(() => new Worker(new URL("./helium-worker.js", import.meta.url), { type: "module" }));
 */
export function setWorkerFactory(make: WorkerFactory | null): void {
  factory = make;
}

/** The page's own, if it gave one. */
export const workerFactory = (): WorkerFactory | null => factory;
