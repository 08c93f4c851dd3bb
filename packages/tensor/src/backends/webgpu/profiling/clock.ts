import type { Dispatch } from "../dispatch.ts";

/** Begin and end of a dispatch, in seconds from any start. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** Takes the time of dispatches, each of which is a pass of its own meanwhile. */
export interface Clock {
  /**
   * `timestamps`: the device's own, at both ends of a pass. `submits`: the host's; each command is submitted alone, and lasts from the
   * end of the one before until the host hears that it is done.
   */
  readonly kind: "timestamps" | "submits";
  /** Notes a dispatch that is encoded next: how its pass begins. */
  pass(dispatch: Dispatch): GPUComputePassDescriptor;
  /** The dispatch of the last pass was submitted. Called where `kind` is `submits`. */
  submitted(): void;
  /** The dispatches in order, when all are done. */
  spans(): Promise<readonly (readonly [Dispatch, Span])[]>;
  dispose(): void;
}
