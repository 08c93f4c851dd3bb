/**
 * Work that may have to wait for the device. Where every value is there at once (`cpu`, WebGL) it runs to its end
 * without a promise; on WebGPU it goes on when the promise it yielded resolves. One source for both.
 */
export type Steps<T> = Generator<Promise<unknown>, T, unknown>;

/** The value of a promise, or a value that is there already: `const x = yield* settled(maybePromise)`. */
export function* settled<T>(value: T | Promise<T>): Steps<T> {
  return value instanceof Promise ? ((yield value) as T) : value;
}

/** Runs steps; gives a promise only if one of them had to wait. */
export function runSteps<T>(steps: Steps<T>): T | Promise<T> {
  const first = steps.next();
  return first.done === true ? first.value : continueAfter(steps, first.value);
}

async function continueAfter<T>(steps: Steps<T>, pending: Promise<unknown>): Promise<T> {
  for (;;) {
    const next = await pending.then(
      (value) => steps.next(value),
      (error: unknown) => steps.throw(error),
    );
    if (next.done === true) return next.value;
    pending = next.value;
  }
}
