import { HeliumLmError } from "@helium-lm/tensor";

/** What went wrong at one field, and what to do about it. */
export interface TokenizerProblem {
  /** The field of the file or the argument of the call, e.g. `model.vocab[3][1]` or `maxLength`. */
  readonly field: string;
  /** What is wrong with it, given beside expected, e.g. `is "x", expected a finite number`. */
  readonly problem: string;
  /** What the reader can do about it. */
  readonly mend: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An argument, an id or a text that the tokenizer cannot take; the subject is the call. */
export class TokenizerError extends HeliumLmError {
  /** The argument or file field the error is about. */
  readonly field: string;
  /** What to do about it. */
  readonly mend: string;

  constructor(subject: string, problem: TokenizerProblem, options?: ErrorOptions) {
    const { field, mend } = problem;
    super(subject, `${field} ${problem.problem}; ${mend}`, { field, ...problem.details }, options);
    this.field = field;
    this.mend = mend;
  }
}

/** A tokenizer file that is missing, damaged or of an unknown kind; the subject is the file. */
export class TokenizerFileError extends TokenizerError {
  /** The file, as the caller named its place. */
  readonly file: string;

  constructor(file: string, problem: TokenizerProblem, options?: ErrorOptions) {
    super(file, problem, options);
    this.file = file;
  }
}
