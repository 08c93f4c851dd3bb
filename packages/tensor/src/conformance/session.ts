import { Scope } from "../scope.ts";

/** Runs `fn` with a scope for the tensors it makes across its awaits; all are disposed at the end, failed or not. */
export async function session<T>(fn: (scope: Scope) => Promise<T>): Promise<T> {
  const scope = new Scope();
  try {
    return await fn(scope);
  } finally {
    scope.close();
  }
}
