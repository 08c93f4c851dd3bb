import type * as NodeWorkers from "node:worker_threads";
import { isNode, nodeModule } from "./features.ts";
import { workerMain, type AttachMessage } from "./worker-main.ts";
import { WorkersRefusedError } from "./workers-refused.ts";

/** A worker of either kind: Node's threads and the browser's differ in how one listens. */
export interface WorkerHost {
  post(message: AttachMessage): void;
  terminate(): void;
}

export interface WorkerEvents {
  readonly onMessage: (message: string) => void;
  /** The worker failed or ended by itself. */
  readonly onDeath: (reason: string) => void;
}

/**
 * Starts a worker from the text of `workerMain`: no file has to be hosted or found by a bundler.
 *
 * @throws WorkersRefusedError where the platform forbids it at once; else `onDeath` tells
 */
export async function startWorker(events: WorkerEvents): Promise<WorkerHost> {
  const main = `(${workerMain.toString()})`;
  try {
    return await (isNode() ? startNodeWorker(main, events) : startWebWorker(main, events));
  } catch (cause) {
    throw new WorkersRefusedError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** `import` is understood by a script and by a module: which of them this text is, the process's `--input-type` says. */
async function startNodeWorker(main: string, { onMessage, onDeath }: WorkerEvents): Promise<WorkerHost> {
  const { Worker } = await nodeModule<typeof NodeWorkers>("worker_threads");
  const source = `import("node:worker_threads").then(({ parentPort }) =>
${main}((receive) => parentPort.on("message", receive), (message) => parentPort.postMessage(message)));`;
  const worker = new Worker(source, { eval: true });
  worker.on("message", onMessage);
  worker.on("error", (error: Error) => onDeath(error.message));
  worker.on("exit", (code) => onDeath(`exit code ${code}`));
  // An idle pool keeps no process alive.
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => void worker.terminate(),
  };
}

/** What an error event without a message means: the script was not loaded, and the page is not told why. */
const NOT_LOADED = "the page's Content-Security-Policy may lack worker-src blob:";

async function startWebWorker(main: string, { onMessage, onDeath }: WorkerEvents): Promise<WorkerHost> {
  const source = `${main}((receive) => { onmessage = (event) => receive(event.data); }, (message) => postMessage(message));`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }: MessageEvent<string>) => onMessage(data);
  worker.onerror = ({ message }: Partial<ErrorEvent>) => onDeath(message ?? NOT_LOADED);
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
