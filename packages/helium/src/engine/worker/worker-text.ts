/**
 * Text of what the worker runs, `(listen, send) => void`, a bundle of worker-entry.ts and of all it imports: no file has to
 * be hosted or found by a bundler. Whoever builds or bundles this package puts it in place of null (build/engine-worker.ts).
 */
export const workerText: string | null = null;
