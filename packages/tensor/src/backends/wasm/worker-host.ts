import type * as NodeWorkers from "node:worker_threads";
import { isNode, nodeModule } from "./features.ts";
import { workerMain, type AttachMessage } from "./worker-main.ts";

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

/** Starts a worker from the text of `workerMain`: no file has to be hosted or found by a bundler. */
export async function startWorker(events: WorkerEvents): Promise<WorkerHost> {
  const main = `(${workerMain.toString()})`;
  return isNode() ? startNodeWorker(main, events) : startWebWorker(main, events);
}

async function startNodeWorker(main: string, { onMessage, onDeath }: WorkerEvents): Promise<WorkerHost> {
  const { Worker } = await nodeModule<typeof NodeWorkers>("worker_threads");
  const source = `const { parentPort } = require("node:worker_threads");
${main}((receive) => parentPort.on("message", receive), (message) => parentPort.postMessage(message));`;
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

async function startWebWorker(main: string, { onMessage, onDeath }: WorkerEvents): Promise<WorkerHost> {
  const source = `${main}((receive) => { onmessage = (event) => receive(event.data); }, (message) => postMessage(message));`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }: MessageEvent<string>) => onMessage(data);
  worker.onerror = ({ message }) => onDeath(message);
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}
