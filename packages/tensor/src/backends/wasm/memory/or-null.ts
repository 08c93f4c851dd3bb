import { BackendError } from "../../../errors.ts";

/** What `make` gives, null for a BackendError. */
export function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}
