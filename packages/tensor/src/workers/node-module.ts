import { NodeOnlyError } from "../errors.ts";

/** True inside Node and what mimics it. */
export function isNode(): boolean {
  return typeof process === "object" && typeof process.versions?.node === "string";
}

/** Node's own way to its built-in modules, from 20.16 on. */
type WithBuiltins = { readonly getBuiltinModule?: (id: string) => unknown };

/**
 * A built-in module of Node, by a name that bundlers for the browser do not follow.
 *
 * @throws NodeOnlyError in a page
 */
export async function nodeModule<T>(name: string): Promise<T> {
  const specifier = `node:${name}`;
  if (!isNode())
    throw new NodeOnlyError(specifier, "is a module of Node, and this is a page; call what needs it in Node", {
      module: specifier,
    });
  const builtin = (process as WithBuiltins).getBuiltinModule?.(specifier);
  return (builtin ?? (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier))) as T;
}
