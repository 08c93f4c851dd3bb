import { HeliumLmError } from "@helium-lm/tensor";

/** A request that its owner ended; `details.newTokens` had come by then. */
export class CancelledError extends HeliumLmError {}

/** A worker that could not be started, or ended by itself; `details.reason` has what is known of it. */
export class EngineWorkerError extends HeliumLmError {}
