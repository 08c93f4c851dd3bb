import { HeliumLmError } from "@helium-lm/tensor";

/** A command line that makes no sense: exit code 2. The subject is the command. */
export class UsageError extends HeliumLmError {}
