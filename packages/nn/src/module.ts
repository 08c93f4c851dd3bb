/** A layer: owns its weights and gives them back. Constructors take tensors; `static load` asks a `WeightSource`. */
export interface Module {
  /** Frees the weights; a second call does nothing. */
  dispose(): void;
}

/** Disposes every module given; `null` and `undefined` are skipped. */
export function disposeAll(...modules: readonly (Module | null | undefined)[]): void {
  for (const module of modules) module?.dispose();
}

/** Takes note of a module, or of one that is on its way, and gives it back. */
export interface Own {
  <M extends Module | null>(coming: Promise<M>): Promise<M>;
  <M extends Module | null>(module: M): M;
}

/**
 * Builds something out of modules. `build` hands each to `own` as soon as it is asked for, so that all are under way before
 * the first is waited for. When one of them or `build` fails, the first failure is thrown at once; the others are disposed,
 * those that come later as they come.
 *
 * @example
 * assemble(async (own) => {
 *   const [up, down] = [own(Linear.load(source.at("up"), upShape)), own(Linear.load(source.at("down"), downShape))];
 *   return new Mlp(await up, await down);
 * });
 */
export async function assemble<T>(build: (own: Own) => Promise<T>): Promise<T> {
  const owned: (Module | null)[] = [];
  let failed = false;
  let fail: (reason: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => (fail = reject));
  const keep = (module: Module | null): void => {
    if (failed) module?.dispose();
    else owned.push(module);
  };
  const own = <M extends Module | null>(module: M | Promise<M>): M | Promise<M> => {
    if (module instanceof Promise) module.then(keep, fail);
    else keep(module);
    return module;
  };
  try {
    return await Promise.race([build(own), failure]);
  } catch (error) {
    failed = true;
    disposeAll(...owned);
    throw error;
  }
}
