import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** File → files of its package that it imports; true: by types alone, which are gone when it runs. */
export type Imports = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

/** The sources of every package below `packages`, without tests. */
export function sourceFiles(packages: string): string[] {
  return readdirSync(packages)
    .map((name) => join(packages, name, "src"))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
}

export const importGraph = (packages: string): Imports =>
  new Map(sourceFiles(packages).map((file) => [file, importsOf(file)]));

const statement = /^(?:import|export)\s+(type\s+)?((?:[^;"]*?)from\s+)?"(\.[^"]+)"/gm;
const lazy = /\bimport\("(\.[^"]+)"\)/g;

export function importsOf(file: string): Map<string, boolean> {
  const text = readFileSync(file, "utf8");
  const found = new Map<string, boolean>();
  const add = (specifier: string, isType: boolean): void => {
    const target = join(dirname(file), specifier);
    if (existsSync(target)) found.set(target, (found.get(target) ?? true) && isType);
  };
  for (const [, isType, clause = "", specifier = ""] of text.matchAll(statement)) {
    const names = /^\s*\{([^}]*)\}/
      .exec(clause)?.[1]
      ?.split(",")
      .filter((name) => name.trim() !== "");
    add(specifier, isType !== undefined || (names?.every((name) => name.trim().startsWith("type ")) ?? false));
  }
  for (const [, specifier = ""] of text.matchAll(lazy)) add(specifier, false);
  return found;
}

/** Sets of files of which each reaches each (Tarjan, SIAM J. Comput. 1972), without those of one file. */
export function circlesIn(graph: Imports, packages: string, follows: (isType: boolean) => boolean): string[][] {
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
      if (circle.length > 1)
        circles.push(circle.map((member) => relative(packages, member).replace("/src/", "/")).sort());
    }
    return low;
  };
  for (const file of graph.keys()) if (!numbers.has(file)) visit(file);
  return circles;
}
