import { CheckpointError } from "../errors.ts";

/** A GGUF file that breaks the format, or a value that the format cannot hold. */
export class GgufError extends CheckpointError {}
