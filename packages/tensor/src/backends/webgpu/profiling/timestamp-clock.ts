import { MAP_READ, usage } from "../storages/buffers.ts";
import type { Dispatch } from "../dispatch.ts";
import type { Device } from "../device/device.ts";
import type { Clock, Span } from "./clock.ts";

/** Queries of a set: the most that WebGPU allows. */
const QUERIES = 4096;

/** Timestamps of the device, which needs the feature `timestamp-query`. Browsers round them, to 0.1 ms in Chromium. */
export class TimestampClock implements Clock {
  readonly kind = "timestamps";
  readonly #device: Device;
  readonly #dispatches: Dispatch[] = [];
  readonly #sets: GPUQuerySet[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  pass(dispatch: Dispatch): GPUComputePassDescriptor {
    const place = (2 * this.#dispatches.length) % QUERIES;
    if (place === 0) this.#sets.push(this.#device.gpu.createQuerySet({ type: "timestamp", count: QUERIES }));
    this.#dispatches.push(dispatch);
    const querySet = this.#sets[this.#sets.length - 1];
    return { timestampWrites: { querySet, beginningOfPassWriteIndex: place, endOfPassWriteIndex: place + 1 } };
  }

  submitted(): void {
    // The device takes the time.
  }

  async spans(): Promise<readonly (readonly [Dispatch, Span])[]> {
    const { gpu } = this.#device;
    const bytes = 8 * QUERIES * this.#sets.length;
    if (bytes === 0) return [];
    const resolved = gpu.createBuffer({ size: bytes, usage: usage.queryResolve | usage.copySrc });
    const staging = gpu.createBuffer({ size: bytes, usage: usage.mapRead | usage.copyDst });
    const encoder = gpu.createCommandEncoder();
    for (const [i, set] of this.#sets.entries()) {
      const left = 2 * this.#dispatches.length - i * QUERIES;
      encoder.resolveQuerySet(set, 0, Math.min(QUERIES, left), resolved, 8 * QUERIES * i);
    }
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, bytes);
    gpu.queue.submit([encoder.finish()]);
    await staging.mapAsync(MAP_READ);
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    resolved.destroy();
    staging.destroy();
    // Differences of nanoseconds: the numbers themselves may be too large for a double.
    const first = times[0];
    const seconds = (query: number): number => Number(times[query] - first) / 1e9;
    return this.#dispatches.map((dispatch, i) => [dispatch, { begin: seconds(2 * i), end: seconds(2 * i + 1) }]);
  }

  dispose(): void {
    for (const set of this.#sets) set.destroy();
  }
}
