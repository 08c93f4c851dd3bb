import { pause, retryAfterMs } from "@helium-lm/nn";
import { newId } from "../http/new-id.ts";
import type { BatchLine } from "./batch-line.ts";

/** What became of a request, as a line of OpenAI's output files has it. */
export interface BatchOutcome {
  /** `batch_req_…`, anew each time that a line is run. */
  readonly id: string;
  readonly custom_id: string;
  /** What the route answered, a refusal too; null where it did not come to that. */
  readonly response: {
    readonly status_code: number;
    /** By which the server's log speaks of it. */
    readonly request_id: string;
    readonly body: unknown;
  } | null;
  /** Why there is no response. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface RunLineOptions {
  /** A server's handler, such as `ModelServer.fetch`. */
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Gives the line up; it can be run again. */
  readonly signal?: AbortSignal;
  /** How often a request is sent, at most, where the server is busy or fails; default 4. */
  readonly attempts?: number;
}

/** Answers that may be another one in a moment: the server is busy, has lost its engine, or the one that it had. */
const passing: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Longest pause between two attempts, in ms, whatever the server says. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Runs a request of a batch by the routes of a server, so that every rule of theirs holds. Nothing but the answer comes of it, so
 * that a line may be run again whenever it is not known whether it was: whoever keeps answers keeps the first of each `custom_id`.
 * Whether the line succeeded is `isSuccess(outcome)`.
 *
 * @throws the signal's reason when aborted, and what `fetch` throws
 */
export async function runLine(
  { custom_id, method, url, body }: BatchLine,
  { fetch, signal, attempts = 4 }: RunLineOptions,
): Promise<BatchOutcome> {
  const text = JSON.stringify(body);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const [response, answer] = await ask(
      new URL(url, "http://localhost"),
      { method, body: text, headers: { "content-type": "application/json" } },
      { fetch, signal },
    );
    // A request that was given up is answered too, with what nobody is to read.
    signal?.throwIfAborted();
    if (attempt < attempts && passing.has(response.status)) {
      await pause(pauseMs(response, attempt), signal);
      continue;
    }
    return {
      id: newId("batch_req", "_"),
      custom_id,
      response: {
        status_code: response.status,
        request_id: response.headers.get("x-request-id") ?? "",
        body: answer,
      },
      error: null,
    };
  }
}

/**
 * Sends a request whose signal ends with its answer: Node's requests listen to the signal that they are given until they are
 * collected, and that of a batch lives as long as all of its lines.
 */
async function ask(
  url: URL,
  init: RequestInit,
  { fetch, signal }: Pick<RunLineOptions, "fetch"> & { readonly signal: AbortSignal | undefined },
): Promise<readonly [Response, unknown]> {
  const own = new AbortController();
  const giveUp = (): void => own.abort(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    const response = await fetch(new Request(url, { ...init, signal: own.signal }));
    return [response, await response.json()];
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Whether the request was answered as it asked. */
export const isSuccess = ({ response }: BatchOutcome): boolean =>
  response !== null && response.status_code >= 200 && response.status_code < 300;

/** The outcome of a request that was not run: "batch_cancelled", "batch_expired". */
export const notRun = (
  custom_id: string,
  error: { readonly code: string; readonly message: string },
): BatchOutcome => ({ id: newId("batch_req", "_"), custom_id, response: null, error });

/** As long as the server says, else longer each time. */
function pauseMs({ headers }: Response, attempt: number): number {
  return Math.min(LONGEST_PAUSE_MS, retryAfterMs(headers.get("retry-after")) ?? 250 * 2 ** attempt);
}

/** Whether the same request may be answered otherwise in a moment. */
export const isPassing = ({ response }: BatchOutcome): boolean =>
  response !== null && passing.has(response.status_code);
