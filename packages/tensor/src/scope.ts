/** Anything a scope can own. */
export interface Releasable {
  dispose(): void;
}

/**
 * Owner of what is made while it is current. `scope()` covers the synchronous case; across promises open one by hand,
 * wrap each synchronous stretch in `run` and end with `close`:
 *
 * ```ts
 * using s = new Scope();
 * const logits = s.run(() => model.forward(inputs).logits);
 * const values = await logits.data();
 * ```
 */
export class Scope implements Disposable {
  readonly #owned = new Set<Releasable>();
  #closed = false;

  /** Makes this the current scope while `fn` runs: tensors made inside belong to it. */
  run<T>(fn: () => T): T {
    const outer = current;
    current = this;
    try {
      return fn();
    } finally {
      current = outer;
    }
  }

  /** Takes ownership of `value`. */
  track(value: Releasable): void {
    if (!this.#closed) this.#owned.add(value);
  }

  /** Gives up ownership: `value` outlives the scope and is the caller's to dispose. */
  keep<T extends Releasable>(value: T): T {
    this.#owned.delete(value);
    return value;
  }

  /** Hands everything reachable from `result` (tensors in arrays and plain objects) over to the scope outside. */
  release(result: unknown): void {
    forEachReleasable(result, (value) => {
      if (this.#owned.delete(value)) current?.track(value);
    });
  }

  /** Disposes everything still owned. */
  close(): void {
    this.#closed = true;
    for (const value of this.#owned) value.dispose();
    this.#owned.clear();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

let current: Scope | null = null;

/** Called by everything releasable when it is made. */
export function trackInScope(value: Releasable): void {
  current?.track(value);
}

/**
 * Takes `value` out of the current scope, which then does not free it: it is the caller's to dispose.
 *
 * @example
 * const sums = [];
 * scope(() => void sums.push(keep(add(ones(backend, [2]), 1))));
 * console.log(await sums[0].toArray()); // [ 2, 2 ]
 * sums[0].dispose();
 */
export function keep<T extends Releasable>(value: T): T {
  current?.keep(value);
  return value;
}

/**
 * Runs `fn` and disposes every tensor made inside that is neither part of its result nor `keep`-ed, also when it
 * throws. The result may hold tensors in arrays and plain objects, also such with a `dispose` of their own; they pass
 * to the scope outside, if any.
 *
 * @throws TypeError when `fn` returns a promise: use a `Scope` object across promises.
 * @example
 * const x = tensor(backend, [3, 4]);
 * const norm = scope(() => sqrt(sum(mul(x, x)))); // the squares and their sum are freed here
 * console.log(await norm.item()); // 5
 */
export function scope<T>(fn: (scope: Scope) => T): T {
  const inner = new Scope();
  try {
    const result = inner.run(() => fn(inner));
    if (result instanceof Promise)
      throw new TypeError(
        "scope: the function returned a promise; open a Scope object and use run() around each stretch",
      );
    inner.release(result);
    return result;
  } finally {
    inner.close();
  }
}

function forEachReleasable(value: unknown, fn: (value: Releasable) => void): void {
  if (typeof value !== "object" || value === null) return;
  if ("dispose" in value && typeof value.dispose === "function") fn(value as Releasable);
  if (Array.isArray(value)) for (const item of value) forEachReleasable(item, fn);
  else if (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
    for (const item of Object.values(value)) forEachReleasable(item, fn);
}
