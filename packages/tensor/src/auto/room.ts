import type { Backend } from "../contract/backend.ts";
import { BackendError } from "../errors.ts";
import { zeros } from "../ops/index.ts";
import { Scope } from "../scope.ts";

/** Beside weights there are keys, values and what is computed on the way. */
const BESIDE_WEIGHTS = 9 / 8;

/** Storages of so much at most are asked for. */
const PART = 2 ** 28;

/**
 * Whether a device has room for so many bytes of weights, which no API tells: storages of as many bytes are made and filled, one
 * by one until one is refused, and freed. Some drivers give memory only when it is written to.
 *
 * @returns null where there is room, else the device's answer
 */
export async function whyNoRoom(backend: Backend, weightBytes: number): Promise<string | null> {
  const part = Math.min(PART, backend.capabilities.maxStorageBytes);
  const count = Math.ceil((weightBytes * BESIDE_WEIGHTS) / part);
  using parts = new Scope();
  try {
    for (let i = 0; i < count; i++) {
      parts.run(() => zeros(backend, [Math.floor(part / 4)]));
      await backend.synchronize();
    }
    return null;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}
