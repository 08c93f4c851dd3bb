import { globSync } from "node:fs";
import { SourceImports } from "../imports/source-imports.ts";

/** File → files of its package that it imports; true: by types alone, which are gone when it runs. Paths are from the root. */
export type ImportGraph = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

/** Of the sources of every package of a repository, without tests. */
export function importGraph(root: string): ImportGraph {
  const imports = new SourceImports(root);
  const files = globSync("packages/*/src/**/*.ts", { cwd: root }).filter((file) => !file.endsWith(".test.ts"));
  return new Map(files.sort().map((file) => [file, importsWithin(file, imports)]));
}

function importsWithin(file: string, imports: SourceImports): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  for (const { target, isType, isUrl } of imports.of(file))
    if (!isUrl && packageOf(target) === packageOf(file)) found.set(target, (found.get(target) ?? true) && isType);
  return found;
}

const packageOf = (file: string): string | undefined => file.split("/")[1];

/** Sets of files of which each reaches each (Tarjan, SIAM J. Comput. 1972), without those of one file. */
export function circlesIn(graph: ImportGraph, follows: (isType: boolean) => boolean): string[][] {
  const numbers = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = numbers.size;
    numbers.set(file, number);
    let low = number;
    stack.push(file);
    for (const [target, isType] of graph.get(file) ?? []) {
      if (!follows(isType)) continue;
      if (!numbers.has(target)) low = Math.min(low, visit(target));
      else if (stack.includes(target)) low = Math.min(low, numbers.get(target) ?? low);
    }
    if (low === number) {
      const circle = stack.splice(stack.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}
