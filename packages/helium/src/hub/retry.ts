import type { HubError } from "../errors.ts";
import type { RetryOptions } from "./hub-options.ts";

/** Thrown by an action that may do better next time. */
export class TransientFailure extends Error {
  /** What is thrown once patience ends. */
  readonly error: HubError;
  /** Wait that the server asks for. */
  readonly waitMs: number | null;
  /** Whether the action got further than ever before. */
  readonly hasProgressed: boolean;

  constructor(error: HubError, { waitMs = null, hasProgressed = false }: Partial<TransientFailure> = {}) {
    super(error.message, { cause: error });
    this.error = error;
    this.waitMs = waitMs;
    this.hasProgressed = hasProgressed;
  }
}

/** Runs an action until it succeeds, fails for good, or failed too often in a row. */
export async function retrying<T>(
  action: () => Promise<T>,
  { attempts = 5, backoffMs = 500, longestWaitMs = 60_000 }: RetryOptions = {},
  signal?: AbortSignal,
): Promise<T> {
  let failures = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await action();
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      failures = failure.hasProgressed ? 1 : failures + 1;
      const waitMs = failure.waitMs ?? backoffMs * 2 ** (failures - 1);
      if (failures >= attempts || waitMs > longestWaitMs) throw failure.error;
      await pause(waitMs, signal);
    }
  }
}

/** @throws the signal's reason */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Milliseconds that a Retry-After header asks for: seconds, or a date. */
export function retryAfterMs(header: string | null, now: number = Date.now()): number | null {
  if (header === null) return null;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
