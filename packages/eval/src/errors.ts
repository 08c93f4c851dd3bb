import { HeliumLmError } from "@helium-lm/tensor";

/** A benchmark, a preset or an option of an evaluation that does not exist or does not fit; the subject is its name. */
export class EvalError extends HeliumLmError {}

/**
 * Data of a benchmark that cannot be used: a file that is missing or cut off, a column that is not there, a row with a value
 * of another kind. The subject is the file, with the row where there is one (`test.jsonl, row 12`, counted from 1).
 */
export class DataError extends EvalError {}

/** An endpoint that does not answer, or not as the protocol says; the subject is its address. */
export class EndpointError extends EvalError {}
