/** When and how often an action is tried again. */
export interface Patience {
  /** Failures in a row that end it; a download that got on starts counting anew. Default 5. */
  readonly attempts?: number;
  /** Wait after the first failure, doubled after each further one; the server's Retry-After comes first. Default 500. */
  readonly backoffMs?: number;
  /** A server that asks for a longer wait than this is given up. Default 60,000. */
  readonly longestWaitMs?: number;
}

/** Thrown by an action that may do better next time. */
export class TransientFailure extends Error {
  /** What is thrown once patience ends. */
  readonly error: Error;
  /** Wait that the server asks for. */
  readonly waitMs: number | null;
  /** Whether the action got further than ever before. */
  readonly hasProgressed: boolean;

  constructor(error: Error, { waitMs = null, hasProgressed = false }: Partial<TransientFailure> = {}) {
    super(error.message, { cause: error });
    this.error = error;
    this.waitMs = waitMs;
    this.hasProgressed = hasProgressed;
  }
}

/** Runs an action until it succeeds, fails for good, or failed too often in a row. */
export async function retrying<T>(
  action: () => Promise<T>,
  { attempts = 5, backoffMs = 500, longestWaitMs = 60_000 }: Patience = {},
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
