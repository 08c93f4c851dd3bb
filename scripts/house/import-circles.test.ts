import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { circlesIn, importGraph, importsOf, type Imports } from "./import-graph.ts";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

const graph = importGraph(packages);

test("no module needs itself to be loaded, not even later by import()", () => {
  expect(graph.size).toBeGreaterThan(300);
  expect(circlesIn(graph, packages, (isType) => !isType)).toEqual([]);
});

test("no file describes itself by its own types", () => {
  expect(circlesIn(graph, packages, () => true)).toEqual([]);
});

test("circles are found, and kinds of imports told apart", () => {
  const circle: Imports = new Map([
    [`${packages}a`, new Map([[`${packages}b`, false]])],
    [`${packages}b`, new Map([[`${packages}c`, true]])],
    [`${packages}c`, new Map([[`${packages}a`, false]])],
    [`${packages}d`, new Map([[`${packages}a`, false]])],
  ]);
  expect(circlesIn(circle, packages, () => true)).toEqual([["a", "b", "c"]]);
  expect(circlesIn(circle, packages, (isType) => !isType)).toEqual([]);
  const self = importsOf(join(packages, "nn", "src", "qk-norm.ts"));
  expect([...self].map(([file, isType]) => [relative(packages, file), isType])).toEqual([
    ["nn/src/module.ts", true],
    ["nn/src/norm/index.ts", false],
    ["nn/src/weight-source.ts", true],
  ]);
});
