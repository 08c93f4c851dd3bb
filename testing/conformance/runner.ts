import type { Outcome } from "@helium-lm/tensor/conformance/report";
import type { DeviceRun } from "./run-on-device.ts";

/** Something else that runs the suite: a page, a process. */
export interface Runner {
  /** Runs the suite from end to end and tells every outcome. */
  run(onOutcome: (outcome: Outcome) => void): Promise<DeviceRun>;
  /** Errors that nothing in there caught. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}
