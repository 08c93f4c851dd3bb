import type { Outcome } from "@helium-lm/tensor/conformance/report";
import type { DeviceRun } from "../../../../testing/conformance/run-on-device.ts";

/** What a process tells its parent: its id, each outcome, and in the end the whole or why there is none. */
export type Message =
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "done"; readonly run: DeviceRun }
  | { readonly kind: "unavailable"; readonly reason: string };
