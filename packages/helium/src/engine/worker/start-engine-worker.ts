import { startWorker, WorkersRefusedError, type WorkerHandle } from "@helium-lm/tensor";
import { EngineWorkerError } from "../../errors.ts";
import type { FromWorker, Message, ToWorker } from "./protocol.ts";

/** Starts a worker that serves an engine. @throws EngineWorkerError where none starts */
export async function startEngineWorker(
  onMessage: (message: Message<FromWorker>) => void,
  onDeath: (reason: string) => void,
): Promise<WorkerHandle<Message<ToWorker>>> {
  try {
    return await startWorker<Message<ToWorker>, Message<FromWorker>>({
      role: "engine",
      main: loadText,
      onMessage,
      onDeath,
    });
  } catch (cause) {
    if (!(cause instanceof WorkersRefusedError)) throw cause;
    const reason = String(cause.details["reason"]);
    throw new EngineWorkerError(
      "EngineWorker",
      `no worker can be started here (${reason}); allow workers, or use model.engine()`,
      { reason },
      { cause },
    );
  }
}

/** As large as the package: only who starts a worker of it loads it. */
async function loadText(): Promise<string> {
  const { workerText } = await import("./worker-text.ts");
  if (workerText === null)
    throw new EngineWorkerError(
      "EngineWorker",
      "the sources do not contain the built worker; build the package first",
      { reason: "no text" },
    );
  return workerText;
}
