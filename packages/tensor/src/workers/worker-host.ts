import type * as NodeWorkers from "node:worker_threads";
import { isNode, nodeModule } from "./node-module.ts";
import { WorkersRefusedError } from "./workers-refused.ts";

/** A worker of either kind: Node's threads and the browser's differ in how one listens. */
export interface WorkerHost<M> {
  post(message: M): void;
  /** Whether the process waits for it; it does not from the start. A page waits for no worker. */
  keepsAlive(wanted: boolean): void;
  terminate(): void;
}

export interface WorkerStart<R> {
  /**
   * Text of a function `(listen, send) => void` that uses nothing but globals: no file has to be hosted or found by a bundler.
   * `listen` takes what receives messages; `send` takes a message, and a list of what is moved rather than copied.
   */
  readonly main: string;
  readonly onMessage: (message: R) => void;
  /** The worker failed or ended by itself. */
  readonly onDeath: (reason: string) => void;
}

/** @throws WorkersRefusedError where the platform forbids it at once; else `onDeath` tells */
export async function startWorker<M, R>(start: WorkerStart<R>): Promise<WorkerHost<M>> {
  try {
    return await (isNode() ? startNodeWorker(start) : startWebWorker(start));
  } catch (cause) {
    throw new WorkersRefusedError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** `import` is understood by a script and by a module: which of them this text is, the process's `--input-type` says. */
async function startNodeWorker<M, R>({ main, onMessage, onDeath }: WorkerStart<R>): Promise<WorkerHost<M>> {
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
const NOT_LOADED = "the page's Content-Security-Policy may lack worker-src blob:";

async function startWebWorker<M, R>({ main, onMessage, onDeath }: WorkerStart<R>): Promise<WorkerHost<M>> {
  const source = `(${main})((receive) => { onmessage = (event) => receive(event.data); }, (message, moved) => postMessage(message, moved));`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }: MessageEvent<R>) => onMessage(data);
  worker.onerror = ({ message }: Partial<ErrorEvent>) => onDeath(message ?? NOT_LOADED);
  return {
    post: (message) => worker.postMessage(message),
    keepsAlive: () => undefined,
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
