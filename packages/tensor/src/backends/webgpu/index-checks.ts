import { ArgumentError } from "../../errors.ts";
import type { BufferPool, DeviceBuffer } from "./storages/buffers.ts";
import type { Device } from "./device/device.ts";

/** Checks under way at a time; the last place is shared by all that find no other. */
const PLACES = 256;

const SHARED = PLACES - 1;

/** Bytes of all places, of two words: whether an index was outside its table, and the largest of those as unsigned. */
export const STATUS_BYTES = 8 * PLACES;

/** Whether the indices of one call were inside their table. */
export interface IndexCheck {
  readonly op: string;
  /** Entries of the table. */
  readonly length: number;
  readonly place: number;
  /** Whether the place stays its recording's. */
  readonly isReserved: boolean;
  /** Null while the device has not told. */
  outcome: "inside" | ArgumentError | null;
}

/** Indices are looked at by the device, which leaves a word about each call that a later read of anything brings along. */
export class IndexChecks {
  readonly buffer: DeviceBuffer;
  readonly #device: Device;
  readonly #free = Array.from({ length: PLACES - 1 }, (_, i) => PLACES - 2 - i);
  #open: IndexCheck[] = [];

  constructor(device: Device, pool: BufferPool) {
    this.#device = device;
    this.buffer = pool.take(STATUS_BYTES);
  }

  /** True where calls have indices of which nothing is known. */
  get hasOpen(): boolean {
    return this.#open.length > 0;
  }

  /** @param reserved the place of a call that is replayed */
  add(op: string, length: number, reserved?: number): IndexCheck {
    const [place, isReserved] = [reserved ?? this.reserve(), reserved !== undefined];
    const check: IndexCheck = { op, length, place, isReserved, outcome: null };
    this.#open.push(check);
    return check;
  }

  /** A place that is used until it is given back. */
  reserve(): number {
    return this.#free.pop() ?? SHARED;
  }

  giveBack(place: number): void {
    if (place !== SHARED) this.#free.push(place);
  }

  /** The checks that a copy of the words made now tells about. */
  take(): readonly IndexCheck[] {
    const open = this.#open;
    this.#open = [];
    return open;
  }

  /** Reads what the device left about checks. */
  settle(checks: readonly IndexCheck[], words: Uint32Array): void {
    for (const check of checks) {
      const { op, length, place } = check;
      const isOutside = words[2 * place] !== 0;
      const index = words[2 * place + 1] | 0;
      check.outcome = isOutside
        ? new ArgumentError(op, `index ${index} is outside [0, ${length})`, { index, length })
        : "inside";
      if (isOutside) this.#device.gpu.queue.writeBuffer(this.buffer.gpu, 8 * place, new Uint32Array(2));
      if (!check.isReserved) this.giveBack(place);
    }
  }
}

/** What of checks is not known to be fine. */
export function unsettled(checks: readonly IndexCheck[]): readonly IndexCheck[] {
  return checks.every(({ outcome }) => outcome !== "inside")
    ? checks
    : checks.filter((one) => one.outcome !== "inside");
}
