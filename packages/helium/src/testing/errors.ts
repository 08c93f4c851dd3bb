import { HeliumLmError } from "@helium-lm/tensor";

/** A family broke a rule of the suite: the message holds the difference, the config and how to repeat it. */
export class FamilyError extends HeliumLmError {}
