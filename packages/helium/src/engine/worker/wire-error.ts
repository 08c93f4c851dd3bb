import type * as nn from "@helium-lm/nn";
import type * as tensor from "@helium-lm/tensor";
import type * as quant from "@helium-lm/tensor/quant";
import {
  ArgumentError,
  BackendError,
  DisposedError,
  DTypeError,
  HeliumLmError,
  NodeOnlyError,
  ShapeError,
  TensorError,
  WorkersRefusedError,
} from "@helium-lm/tensor";
import { QuantError } from "@helium-lm/tensor/quant";
import {
  ByteSourceError,
  CacheError,
  CheckpointError,
  FileLockError,
  GgufError,
  JournalError,
  RopeError,
  SafetensorsError,
  WeightsError,
} from "@helium-lm/nn";
import * as errors from "../../errors.ts";

/** Names of the error classes that a module exports. */
type ErrorsOf<Exports> = {
  [Name in keyof Exports]: Exports[Name] extends abstract new (...args: never) => HeliumLmError ? Name : never;
}[keyof Exports];

interface ErrorClass {
  readonly prototype: Error;
}

/** The error classes of the packages: one that tensor or nn exports and that is not here is a compile error. */
const ownClasses: Readonly<Record<ErrorsOf<typeof tensor & typeof quant & typeof nn>, ErrorClass>> = {
  HeliumLmError,
  TensorError,
  ShapeError,
  DTypeError,
  ArgumentError,
  BackendError,
  DisposedError,
  QuantError,
  NodeOnlyError,
  WorkersRefusedError,
  CheckpointError,
  WeightsError,
  RopeError,
  CacheError,
  GgufError,
  SafetensorsError,
  ByteSourceError,
  FileLockError,
  JournalError,
  ...errors,
};

/** Classes that an error has on both sides; their names are keys, since a bundler may give the classes others. */
const classes: Readonly<Record<string, ErrorClass>> = { Error, RangeError, SyntaxError, TypeError, ...ownClasses };

/** An error as a message carries it. */
export interface WireError {
  /** Name of the nearest class that both sides know; null: what was thrown was no error. */
  readonly class: string | null;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Its other properties, such as `subject` and `details`; for what is not an error, `value`. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause: WireError | null;
}

/** Causes of causes that are carried. */
const MOST_CAUSES = 4;

/** What was thrown, as data. */
export function toWire(thrown: unknown, depth = 0): WireError {
  if (!(thrown instanceof Error))
    return {
      class: null,
      name: "",
      message: String(thrown),
      stack: undefined,
      fields: cloneable({ value: thrown }),
      cause: null,
    };
  const fields = Object.fromEntries(Object.entries(thrown).filter(([key]) => key !== "name"));
  const nearest = classOf(thrown);
  const isExact = classes[nearest]?.prototype === Object.getPrototypeOf(thrown);
  return {
    class: nearest,
    // A class of ours takes its name from its constructor, which the worker's text has under another one.
    name: isExact && thrown instanceof HeliumLmError ? nearest : thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    fields: cloneable(fields),
    cause: thrown.cause === undefined || depth >= MOST_CAUSES ? null : toWire(thrown.cause, depth + 1),
  };
}

/** What was thrown on the other side: an error of the same class with the same data. */
export function fromWire({ class: className, name, message, stack, fields, cause }: WireError): unknown {
  if (className === null) return fields["value"];
  // A page's own errors, such as that of an aborted request.
  if (className === "DOMException") return new DOMException(message, name);
  const error = new Error(message, cause ? { cause: fromWire(cause) } : {});
  Object.setPrototypeOf(error, (classes[className] ?? Error).prototype);
  if (stack !== undefined) Object.defineProperty(error, "stack", { value: stack, configurable: true, writable: true });
  return Object.assign(error, fields, error.name === name ? {} : { name });
}

function classOf(error: Error): string {
  if (typeof DOMException !== "undefined" && error instanceof DOMException) return "DOMException";
  for (let prototype: unknown = Object.getPrototypeOf(error); prototype; prototype = Object.getPrototypeOf(prototype)) {
    const known = Object.keys(classes).find((name) => classes[name]?.prototype === prototype);
    if (known !== undefined) return known;
  }
  return "Error";
}

/** Values that a message can carry; what it cannot becomes text. */
function cloneable(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      try {
        return [key, structuredClone(value)];
      } catch {
        const isRecord =
          typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
        return [key, isRecord ? cloneable(value as Record<string, unknown>) : String(value)];
      }
    }),
  );
}
