import type { FromWorker, Message, ToWorker } from "./protocol.ts";
import { serveEngine } from "./serve-engine.ts";

/** What a worker runs; build/engine-worker.ts makes a text of it and of all it imports. */
export function main(
  listen: (receive: (message: Message<ToWorker>) => void) => void,
  send: (message: Message<FromWorker>) => void,
): void {
  listen(serveEngine(send));
}
