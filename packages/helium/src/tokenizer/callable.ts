type Call = (...args: never[]) => unknown;

/** The method that a call of a `Callable` runs. */
export const invoke: unique symbol = Symbol("invoke");

interface CallableConstructor {
  new <Signature extends Call>(): Signature;
}

/**
 * Base of classes whose instances can be called, as in `class X extends Callable<(a: A) => B>` with a method `[invoke]`
 * of that signature. An instance is an ordinary function object whose prototype is the class's, so methods, private
 * fields and `instanceof` work as usual.
 */
export const Callable = class {
  constructor() {
    const instance = (...args: unknown[]): unknown =>
      (instance as unknown as Record<typeof invoke, (...args: unknown[]) => unknown>)[invoke](...args);
    return Object.setPrototypeOf(instance, new.target.prototype) as object;
  }
} as unknown as CallableConstructor;
