import { HubError, HubStorageError } from "../../errors.ts";

/** Runs an action on the page's storage; what the browser throws becomes a HubStorageError that names `label`. */
export async function storingInPage<T>(label: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (cause instanceof HubError || !(cause instanceof DOMException) || cause.name === "AbortError") throw cause;
    const isFull = cause.name === "QuotaExceededError";
    throw new HubStorageError(
      label,
      isFull
        ? "the browser's storage quota is used up; remove other models, or let the site ask for persistent storage"
        : `the browser's storage fails (${cause.message}); reload the page`,
      { name: cause.name },
      { cause },
    );
  }
}
