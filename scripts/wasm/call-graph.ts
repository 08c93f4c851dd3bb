/** Functions of a module in the order of their indices, and what is reached from its exports. */
export interface CallGraph {
  /** Short names; two functions with one get the name of their file, too. */
  readonly names: readonly string[];
  /** Export → indices of the functions that it reaches, itself first. */
  readonly reached: ReadonlyMap<string, readonly number[]>;
}

/** Reads the text of a module that imports no functions, as binaryen writes it: `(func $name …`, `call $name`. */
export function callGraph(text: string): CallGraph {
  const indices = new Map<string, number>();
  const calls: number[][] = [];
  const called: string[][] = [];
  const exported = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, exportName, target] = /^ \(export "([^"]+)" \(func \$(\S+)\)\)/.exec(line) ?? [];
    if (exportName !== undefined && target !== undefined) exported.set(exportName, target);
    const name = /^ \(func \$(\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      indices.set(name, indices.size);
      called.push([]);
    }
    const callee = /^\s*call \$(\S+)/.exec(line)?.[1];
    if (callee !== undefined) called.at(-1)?.push(callee);
  }
  const indexOf = (name: string): number => {
    const index = indices.get(name);
    if (index === undefined) throw new Error(`the module's text calls ${name} and does not have it`);
    return index;
  };
  for (const names of called) calls.push([...new Set(names.map(indexOf))]);
  const reached = new Map([...exported].map(([name, target]) => [name, reach(calls, indexOf(target))]));
  return { names: shortNames([...indices.keys()]), reached };
}

function reach(calls: readonly (readonly number[])[], from: number): number[] {
  const found = new Set([from]);
  for (const index of found) for (const callee of calls[index] ?? []) found.add(callee);
  return [...found];
}

/** `packages/…/generated/quant-tiles/q4_0x4` → `q4_0x4`; the paths of type arguments go, too. */
function shortNames(names: readonly string[]): string[] {
  const short = names.map((name) => name.replace(/[\w.~-]+\//g, ""));
  return short.map((name, i) => (short.indexOf(name) === short.lastIndexOf(name) ? name : (names[i] ?? name)));
}
