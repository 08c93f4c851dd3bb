/** Functions of a module in the order of their indices, and what is reached from its exports. */
export interface CallGraph {
  /** Short names; two functions with one get the name of their file, too. */
  readonly names: readonly string[];
  /** Vector operations in each: all instructions on v128 but constants and moves. */
  readonly operations: readonly number[];
  /** Export → indices of the functions that it reaches, itself first. */
  readonly reached: ReadonlyMap<string, readonly number[]>;
}

const VECTOR = /^\s+(?:v128\.(?!const)|(?:i8x16|i16x8|i32x4|i64x2|f32x4|f64x2)\.)/;

/** Reads the text of a module that imports no functions, as binaryen writes it: `(func $name …`, `call $name`. */
export function callGraph(text: string): CallGraph {
  const indices = new Map<string, number>();
  const calls: number[][] = [];
  const called: string[][] = [];
  const exported = new Map<string, string>();
  const operations: number[] = [];
  for (const line of text.split("\n")) {
    const [, exportName, target] = /^ \(export "([^"]+)" \(func \$(\S+)\)\)/.exec(line) ?? [];
    if (exportName !== undefined && target !== undefined) exported.set(exportName, target);
    const name = /^ \(func \$(\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      indices.set(name, indices.size);
      called.push([]);
      operations.push(0);
    }
    if (VECTOR.test(line)) operations[operations.length - 1] = (operations.at(-1) ?? 0) + 1;
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
  return { names: shortNames([...indices.keys()]), operations, reached };
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
