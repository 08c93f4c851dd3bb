import type { Dispatch } from "../dispatch.ts";
import type { Device } from "../device/device.ts";
import type { Clock, Span } from "./clock.ts";

/** The host's time, where the device has no timestamps: rough, for it holds what the host takes to hear of an end. */
export class SubmitClock implements Clock {
  readonly kind = "submits";
  readonly #device: Device;
  readonly #dispatches: Dispatch[] = [];
  readonly #spans: Promise<Span>[] = [];

  constructor(device: Device) {
    this.#device = device;
  }

  pass(dispatch: Dispatch): GPUComputePassDescriptor {
    this.#dispatches.push(dispatch);
    return {};
  }

  submitted(): void {
    const submitted = performance.now() / 1000;
    const before = this.#spans.at(-1) ?? Promise.resolve({ begin: 0, end: 0 });
    const done = this.#device.gpu.queue.onSubmittedWorkDone().then(() => performance.now() / 1000);
    this.#spans.push(
      Promise.all([before, done]).then(([{ end: last }, end]) => ({ begin: Math.max(last, submitted), end })),
    );
  }

  async spans(): Promise<readonly (readonly [Dispatch, Span])[]> {
    const spans = await Promise.all(this.#spans);
    return this.#dispatches.map((dispatch, i) => [dispatch, spans[i]]);
  }

  dispose(): void {
    // It holds nothing of the device.
  }
}
