import type { Context } from "hono";
import type { ServedModel } from "../models/served-model.ts";
import type { ServerContext } from "./serve-app.ts";

/** A request at work: its model stays in memory, and its texts have their place, until `close`. */
export interface RequestWork {
  readonly model: ServedModel;
  /** Aborts when the client has gone, when the time is over and at `close`. */
  readonly signal: AbortSignal;
  /**
   * Waits for the turn of so many texts. Called once, after all that can be refused has been.
   *
   * @returns how many of them may go on at once
   * @throws ApiError 429
   */
  admit(sequences: number): Promise<number>;
  /** Ends what goes on for it, and gives back model and place; a second call does nothing. */
  readonly close: () => void;
}

/** Begins a request. @throws ApiError for a model that is not served */
export async function beginWork(
  c: Context,
  { registry, admission, options }: Pick<ServerContext, "registry" | "admission" | "options">,
  modelName: string | null | undefined,
): Promise<RequestWork> {
  const ending = new AbortController();
  const client = c.req.raw.signal;
  const signal = AbortSignal.any([client, ending.signal, AbortSignal.timeout(options.timeoutMs)]);
  const lease = await registry.acquire(modelName);
  let leave = (): void => undefined;
  return {
    model: lease.model,
    signal,
    admit: async (sequences) => {
      const place = await admission.enter(sequences, signal);
      leave = () => place.release();
      return Math.min(sequences, admission.maxSequences);
    },
    close: () => {
      ending.abort();
      leave();
      lease.release();
    },
  };
}

/** Does the work of a request whose answer is one piece. */
export async function withWork<Answer>(
  c: Context,
  context: ServerContext,
  modelName: string | null | undefined,
  answer: (work: RequestWork) => Promise<Answer>,
): Promise<Answer> {
  const work = await beginWork(c, context, modelName);
  try {
    return await answer(work);
  } finally {
    work.close();
  }
}

/** Does the work of a request whose answer is a stream, which has to close it at its end. */
export async function streamWork<Answer>(
  c: Context,
  context: ServerContext,
  modelName: string | null | undefined,
  answer: (work: RequestWork) => Promise<Answer>,
): Promise<Answer> {
  const work = await beginWork(c, context, modelName);
  try {
    return await answer(work);
  } catch (error) {
    work.close();
    throw error;
  }
}
