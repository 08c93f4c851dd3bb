import type * as NodeWorkers from "node:worker_threads";
import { isNode, nodeModule } from "./node-module.ts";
import type { RoleMessage } from "./serve-roles.ts";
import { workerFactory, type WorkerFactory } from "./worker-factory.ts";
import { WorkersRefusedError } from "../errors.ts";

/** A worker of either kind: Node's threads and the browser's differ in how one listens. */
export interface WorkerHandle<M> {
  post(message: M): void;
  /** Whether the process waits for it; it does not from the start. A page waits for no worker. */
  keepsAlive(wanted: boolean): void;
  terminate(): void;
}

export interface WorkerStart<R> {
  /** What the worker is, where a script of the page's own serves (`setWorkerFactory`). */
  readonly role: string;
  /**
   * Else, the text of a `WorkerMain` that uses nothing but globals: no file has to be hosted or found by a bundler.
   */
  readonly main: () => string | Promise<string>;
  readonly onMessage: (message: R) => void;
  /** The worker failed or ended by itself. */
  readonly onDeath: (reason: string) => void;
}

/** @throws WorkersRefusedError where the platform forbids it at once; else `onDeath` tells */
export async function startWorker<M, R>(start: WorkerStart<R>): Promise<WorkerHandle<M>> {
  const make = isNode() ? null : workerFactory();
  const main = make ? "" : await start.main();
  try {
    if (make) return pageWorker(make, start);
    return await (isNode() ? startNodeWorker(main, start) : startTextWorker(main, start));
  } catch (cause) {
    throw new WorkersRefusedError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** `import` is understood by a script and by a module: which of them this text is, the process's `--input-type` says. */
async function startNodeWorker<M, R>(main: string, { onMessage, onDeath }: WorkerStart<R>): Promise<WorkerHandle<M>> {
  const { Worker } = await nodeModule<typeof NodeWorkers>("worker_threads");
  const source = `import("node:worker_threads").then(({ parentPort }) =>
(${main})((receive) => parentPort.on("message", receive), (message, moved) => parentPort.postMessage(message, moved)));`;
  const worker = new Worker(source, { eval: true });
  worker.on("message", onMessage);
  worker.on("error", (error: Error) => onDeath(error.message));
  worker.on("exit", (code) => onDeath(`exit code ${code}`));
  // An idle pool keeps no process alive.
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    keepsAlive: (wanted) => (wanted ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}

/** What an error event without a message means: the script was not loaded, and the page is not told why. */
const notLoaded = {
  text: "the page's Content-Security-Policy may lack worker-src blob:; with worker-src 'self' see setWorkerFactory",
  hosted: "the script that setWorkerFactory names was not loaded",
};

function startTextWorker<M, R>(main: string, start: WorkerStart<R>): WorkerHandle<M> {
  const source = `(${main})((receive) => { onmessage = (event) => receive(event.data); }, (message, moved) => postMessage(message, moved));`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  return webWorker(new Worker(url), start, notLoaded.text, () => URL.revokeObjectURL(url));
}

function pageWorker<M, R>(make: WorkerFactory, start: WorkerStart<R>): WorkerHandle<M> {
  const worker = make();
  worker.postMessage({ role: start.role } satisfies RoleMessage);
  return webWorker(worker, start, notLoaded.hosted);
}

function webWorker<M, R>(
  worker: Worker,
  { onMessage, onDeath }: WorkerStart<R>,
  silence: string,
  onEnd?: () => void,
): WorkerHandle<M> {
  worker.onmessage = ({ data }: MessageEvent<R>) => onMessage(data);
  worker.onerror = ({ message }: Partial<ErrorEvent>) => onDeath(message ?? silence);
  return {
    post: (message) => worker.postMessage(message),
    keepsAlive: () => undefined,
    terminate: () => {
      worker.terminate();
      onEnd?.();
    },
  };
}
