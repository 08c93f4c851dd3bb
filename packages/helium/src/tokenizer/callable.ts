type Call = (...args: never[]) => unknown;

/** A base class whose instances are functions: calling one runs its `call` method with the same arguments. */
interface CallableConstructor {
  new <Signature extends Call>(): Signature;
}

/**
 * Base of classes whose instances can be called, as `class X extends Callable<(a: A) => B>` with a `_call` method.
 * The instance is an ordinary function object whose prototype is the class's, so methods, private fields and
 * `instanceof` work as usual.
 */
export const Callable = class {
  constructor() {
    const instance = (...args: unknown[]): unknown =>
      (instance as unknown as { _call: (...args: unknown[]) => unknown })._call(...args);
    return Object.setPrototypeOf(instance, new.target.prototype) as object;
  }
} as unknown as CallableConstructor;
