import { HeliumLmError } from "@helium-lm/tensor";

/** A reference dump that cannot be compared with: not one, incomplete, or of another model. */
export class ParityError extends HeliumLmError {}
