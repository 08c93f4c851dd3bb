import { HeliumLmError } from "@helium-lm/tensor";

/** A generation option outside its domain, or a prompt that leaves no room. */
export class GenerationError extends HeliumLmError {}
