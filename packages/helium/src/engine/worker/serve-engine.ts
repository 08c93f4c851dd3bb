import { CancelledError } from "../../errors.ts";
import { createInferenceEngine } from "../inference/create-inference-engine.ts";
import type { InferenceEngine } from "../inference/inference-engine.ts";
import {
  handle,
  type CallOf,
  type Calls,
  type FromWorker,
  type Handlers,
  type Message,
  type ToWorker,
} from "./protocol.ts";
import { TokenOutbox } from "./token-outbox.ts";
import { toWire } from "./wire-error.ts";

/** How each call is made. */
const calls: {
  readonly [Name in keyof Calls]: (
    engine: InferenceEngine,
    request: Calls[Name]["request"],
    signal: AbortSignal,
  ) => Promise<Calls[Name]["answer"]>;
} = {
  stats: (engine) => engine.stats(),
  freeUnused: (engine) => engine.freeUnused(),
  scoreTokens: (engine, request, signal) => engine.scoreTokens({ ...request, signal }),
  scoreContinuations: (engine, request, signal) => engine.scoreContinuations({ ...request, signal }),
  embed: (engine, request, signal) => engine.embed({ ...request, signal }),
  classify: (engine, request, signal) => engine.classify({ ...request, signal }),
  tag: (engine, request, signal) => engine.tag({ ...request, signal }),
  savePrefixes: (engine, options) => engine.savePrefixes(options),
  loadPrefixes: (engine, parts) => engine.loadPrefixes(parts),
};

/** The worker's side: an engine of its own thread, on a wire. @returns what takes the caller's messages */
export function serveEngine(post: (message: Message<FromWorker>) => void): (message: Message<ToWorker>) => void {
  const outbox = new TokenOutbox(post);
  const send = (message: Message<FromWorker>): void => outbox.send(message);
  const controllers = new Map<number, AbortController>();
  let opened: InferenceEngine | null = null;

  const open = async ({ location, load, engine }: ToWorker["open"]): Promise<void> => {
    const onProgress = (progress: FromWorker["progress"]["progress"]): void => send({ kind: "progress", progress });
    try {
      opened = await createInferenceEngine(location, {
        ...load,
        engine: { ...engine, beforePass: () => outbox.flush() },
        onProgress,
      });
      send({ kind: "opened", model: opened.model });
    } catch (error) {
      send({ kind: "notOpened", error: toWire(error) });
    }
  };

  /** What a number stands for, until its end; its failure is told. */
  const run = async (id: number, work: (engine: InferenceEngine, signal: AbortSignal) => Promise<void>) => {
    if (!opened) return;
    const controller = new AbortController();
    controllers.set(id, controller);
    try {
      await work(opened, controller.signal);
    } catch (error) {
      send({ kind: "failed", id, error: toWire(error) });
    } finally {
      controllers.delete(id);
    }
  };

  const submit = ({ id, request }: ToWorker["submit"]): Promise<void> =>
    run(id, async (engine, signal) => {
      const onWarning = (message: string): void => send({ kind: "warning", id, message });
      const handle = engine.submit({ ...request, signal, onWarning });
      for await (const token of handle) outbox.add({ id, token, stats: handle.stats });
      send({ kind: "ended", id, result: await handle.result });
    });

  const answer = <Name extends keyof Calls>(id: number, { name, request }: CallOf<Name>): Promise<void> =>
    run(id, async (engine, signal) => {
      const answer = await calls[name](engine, request, signal);
      send({ kind: "answer", id, answer });
    });

  const handlers: Handlers<ToWorker> = {
    open: (message) => void open(message),
    submit: (message) => void submit(message),
    call: ({ id, call }) => void answer(id, call),
    cancel: ({ id }) => controllers.get(id)?.abort(new CancelledError("request", "was cancelled")),
  };
  return (message) => handle(handlers, message);
}
