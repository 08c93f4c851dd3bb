import { HeliumLmError } from "@helium-lm/tensor";

/** A generation option outside its domain, or a prompt that leaves no room. */
export class GenerationError extends HeliumLmError {}

/**
 * Logits no token can be chosen from: NaN or +∞, from the model or from a processor. `details` has the `step` (new
 * tokens before), the `row` among all rows, the `token` and the value `given`.
 */
export class LogitsError extends GenerationError {}
