import { HeliumLmError } from "@helium-lm/tensor";

/** Weights that are missing, have another shape than asked for, or cannot be stored as wanted. */
export class WeightsError extends HeliumLmError {}

/** A KV cache asked for slots or rows it does not have. */
export class CacheError extends HeliumLmError {}
