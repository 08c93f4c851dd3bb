/**
 * Every error this project throws on purpose is a `HeliumLmError`: the message starts with the subject (an op, a
 * file or an argument), shows what was given beside what was expected and says the mend; `details` carries the same
 * facts as data.
 */
export class HeliumLmError extends Error {
  /** The op, file or argument the error is about; the message starts with it. */
  readonly subject: string;
  /** The facts of the message as data, e.g. `{ given: [2, 3], expected: [3, 3] }`. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    subject: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(`${subject}: ${message}`, options);
    this.name = new.target.name;
    this.subject = subject;
    this.details = details;
  }
}

/** Base of all errors of `@helium-lm/tensor`; `subject` is the op. */
export class TensorError extends HeliumLmError {}

/** Shapes, axes or index ranges that do not fit the op. */
export class ShapeError extends TensorError {}

/** A dtype the op does not take, or two dtypes that differ where they must agree. */
export class DTypeError extends TensorError {}

/** An argument outside its domain (a NaN scale, a negative length, an unknown name). */
export class ArgumentError extends TensorError {}

/** A backend that is unavailable, out of memory, or asked for something it cannot do. */
export class BackendError extends TensorError {}

/** Values or sizes that a block format cannot hold; `subject` is the format. */
export class QuantError extends TensorError {}

/** What only Node can do, such as reading folders, asked of a page. */
export class NodeOnlyError extends HeliumLmError {}

/** No worker starts here: the page, the process or its owner forbids it. */
export class WorkersRefusedError extends BackendError {
  /** @param said the platform's own words */
  constructor(said: string, cause?: unknown) {
    const reason = said.replace(/\.$/, "");
    super(
      "wasm",
      `no worker can be started here (${reason}); allow workers, or run with threads: 1`,
      { option: "threads", reason },
      cause === undefined ? {} : { cause },
    );
  }
}

/** Use of a tensor, storage or backend after it was disposed. */
export class DisposedError extends TensorError {}
