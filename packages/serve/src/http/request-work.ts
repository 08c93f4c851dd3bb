import { ApiError } from "../errors.ts";
import { meteredEngine } from "../generation/metered-engine.ts";
import type { ServedModel } from "../models/served-model.ts";
import { logFailure } from "./error-facts.ts";
import type { ServeContext, ServerContext } from "./serve-app.ts";
import { toApiError } from "./to-api-error.ts";

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
  /** What is told of a failure in the middle of a streamed answer; the log has what lies behind one of ours. */
  readonly failed: (error: unknown) => ApiError;
  /** Ends what goes on for it, and gives back model and place; a second call does nothing. */
  readonly close: () => void;
}

/** Begins a request. @throws ApiError for a model that is not served */
export async function beginWork(
  c: ServeContext,
  { registry, admission, metrics, options }: ServerContext,
  modelName: string | null | undefined,
): Promise<RequestWork> {
  const record = c.get("record");
  record.begin();
  const ending = new AbortController();
  const releases: (() => void)[] = [];
  const end = (reason?: ApiError): void => {
    ending.abort(reason);
    for (const release of releases.splice(0)) release();
  };
  releases.push(() => record.end());
  try {
    const client = c.req.raw.signal;
    const leave = (): void => end(clientGone());
    client.addEventListener("abort", leave, { once: true });
    const isBatch = c.env?.batch !== undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const allow = (ms: number): void => {
      timer = setTimeout(() => end(tooLong(options.timeoutMs)), Math.max(0, ms));
    };
    // A line of a batch waits as long as others come, and nobody waits for it.
    if (!isBatch) allow(options.timeoutMs - record.ms);
    releases.push(() => {
      client.removeEventListener("abort", leave);
      clearTimeout(timer);
    });
    if (client.aborted) leave();
    const { signal } = ending;
    const lease = await registry.acquire(modelName);
    // What comes after the end is given back at once.
    if (signal.aborted) lease.release();
    signal.throwIfAborted();
    releases.push(() => lease.release());
    const { model } = lease;
    const figures = metrics.model(model.id);
    record.model = model.id;
    const onDeath = (): void => registry.discard(model);
    return {
      model: model.withEngine(meteredEngine(model.engine, { record, metrics: figures, onDeath })),
      signal,
      admit: async (sequences) => {
        const since = performance.now();
        // Routers look at who waits; batches wait all day.
        if (!isBatch) figures.waiting++;
        const place = await admission.enter(sequences, { signal, isBatch }).finally(() => {
          if (!isBatch) figures.waiting--;
        });
        if (signal.aborted) place.release();
        signal.throwIfAborted();
        if (isBatch) allow(options.timeoutMs);
        figures.queued((performance.now() - since) / 1000);
        figures.running++;
        releases.push(() => {
          figures.running--;
          place.release();
        });
        return Math.min(sequences, admission.maxSequences);
      },
      failed: (error) => {
        const told = toApiError(error);
        if (told.status >= 500) logFailure(options.log, c, error);
        return told;
      },
      close: () => end(),
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** Does the work of a request whose answer is one piece. */
export async function withWork<Answer>(
  c: ServeContext,
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
  c: ServeContext,
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

/** Nobody reads this response; it is for the log. */
const clientGone = (): ApiError =>
  new ApiError("request", "was left by its client", {
    status: 408,
    type: "timeout_error",
    code: "client_closed_request",
  });

const tooLong = (ms: number): ApiError =>
  new ApiError("request", `took longer than the ${ms} ms that are allowed; ask for less`, {
    status: 408,
    type: "timeout_error",
    code: "request_timeout",
    details: { ms },
  });
