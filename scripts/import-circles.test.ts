import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

/** File → files of its package that it imports; true: by types alone, which are gone when it runs. */
type Imports = ReadonlyMap<string, ReadonlyMap<string, boolean>>;

function sourceFiles(): string[] {
  return ["tensor", "nn", "helium", "cli"].flatMap((name) => {
    const folder = join(packages, name, "src");
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
    return files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  });
}

const statement = /^(?:import|export)\s+(type\s+)?((?:[^;"]*?)from\s+)?"(\.[^"]+)"/gm;
const lazy = /\bimport\("(\.[^"]+)"\)/g;

function importsOf(file: string): Map<string, boolean> {
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
function circlesIn(graph: Imports, follows: (isType: boolean) => boolean): string[][] {
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

const graph: Imports = new Map(sourceFiles().map((file) => [file, importsOf(file)]));

test("no module needs itself to be loaded, not even later by import()", () => {
  expect(graph.size).toBeGreaterThan(300);
  expect(circlesIn(graph, (isType) => !isType)).toEqual([]);
});

test("no file describes itself by its own types", () => {
  expect(circlesIn(graph, () => true)).toEqual([]);
});

test("circles are found, and kinds of imports told apart", () => {
  const circle: Imports = new Map([
    [`${packages}a`, new Map([[`${packages}b`, false]])],
    [`${packages}b`, new Map([[`${packages}c`, true]])],
    [`${packages}c`, new Map([[`${packages}a`, false]])],
    [`${packages}d`, new Map([[`${packages}a`, false]])],
  ]);
  expect(circlesIn(circle, () => true)).toEqual([["a", "b", "c"]]);
  expect(circlesIn(circle, (isType) => !isType)).toEqual([]);
  const self = importsOf(join(packages, "nn", "src", "qk-norm.ts"));
  expect([...self].map(([file, isType]) => [relative(packages, file), isType])).toEqual([
    ["nn/src/module.ts", true],
    ["nn/src/norm/index.ts", false],
    ["nn/src/weight-source.ts", true],
  ]);
});
