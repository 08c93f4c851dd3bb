import { TensorError } from "../errors.ts";

/** Values or sizes that a block format cannot hold; `subject` is the format. */
export class QuantError extends TensorError {}
