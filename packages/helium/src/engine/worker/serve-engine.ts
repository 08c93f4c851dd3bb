import { loadModel } from "../../loading/load-model.ts";
import type { ModelForCausalLM } from "../../heads/index.ts";
import { resolveLoadOptions } from "../../loading/load-options.ts";
import type { ModelSource } from "../../sources/model-source.ts";
import { modelSource } from "../../sources/resolve-source.ts";
import { AutoTokenizer, type Tokenizer } from "../../tokenizer/index.ts";
import type { Engine } from "../engine.ts";
import { CancelledError } from "../../errors.ts";
import { handle, type FromWorker, type Handlers, type Message, type ToWorker } from "./protocol.ts";
import { toWire } from "./wire-error.ts";

/** The model of a worker, with what goes on in it. */
interface Opened {
  readonly source: ModelSource;
  readonly model: ModelForCausalLM;
  readonly engine: Engine;
  /** The model's tokenizer, read by the first request that needs it. */
  tokenizer: Promise<Tokenizer> | null;
}

/** The worker's side of an engine. @returns what takes the caller's messages */
export function serveEngine(send: (message: Message<FromWorker>) => void): (message: Message<ToWorker>) => void {
  const controllers = new Map<number, AbortController>();
  let opened: Opened | null = null;

  const open = async ({ location, load, engine }: ToWorker["open"]): Promise<Opened> => {
    const onProgress = (progress: FromWorker["progress"]["progress"]): void => send({ kind: "progress", progress });
    const options = { ...load, onProgress };
    const source = await modelSource(location, resolveLoadOptions(options).hub);
    const model = await loadModel("causal-lm", source, options);
    try {
      return { source, model, engine: model.engine(engine), tokenizer: null };
    } catch (error) {
      model.dispose();
      throw error;
    }
  };

  const submit = async (to: Opened, { id, request }: ToWorker["submit"]): Promise<void> => {
    const controller = new AbortController();
    controllers.set(id, controller);
    try {
      const needsTokenizer = request.stopStrings ?? request.grammar ?? request.tokenHealing;
      if (needsTokenizer) to.tokenizer ??= AutoTokenizer.fromPretrained(to.source);
      const handle = to.engine.submit({
        ...request,
        ...(needsTokenizer && to.tokenizer && { tokenizer: await to.tokenizer }),
        signal: controller.signal,
        onWarning: (message) => send({ kind: "warning", id, message }),
      });
      for await (const token of handle) send({ kind: "token", id, token, stats: handle.stats });
      send({ kind: "ended", id, result: await handle.result });
    } finally {
      controllers.delete(id);
    }
  };

  const handlers: Handlers<ToWorker> = {
    open: (message) => {
      open(message).then(
        (made) => {
          opened = made;
          const { modelType, vocabSize, maxPositionEmbeddings } = made.model.config;
          const { name: backend } = made.model.backend;
          send({ kind: "opened", model: { modelType, vocabSize, maxPositionEmbeddings, backend } });
        },
        (error: unknown) => send({ kind: "notOpened", error: toWire(error) }),
      );
    },
    submit: (message) => {
      if (!opened) return;
      submit(opened, message).catch((error: unknown) => send({ kind: "failed", id: message.id, error: toWire(error) }));
    },
    cancel: ({ id }) => controllers.get(id)?.abort(new CancelledError("request", "was cancelled")),
    stats: ({ id }) => {
      if (opened) send({ kind: "stats", id, stats: opened.engine.stats });
    },
  };
  return (message) => handle(handlers, message);
}
