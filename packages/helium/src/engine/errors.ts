import { HeliumLmError } from "@helium-lm/tensor";

/** A request that its owner ended; `details.newTokens` had come by then. */
export class CancelledError extends HeliumLmError {}
