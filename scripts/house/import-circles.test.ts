import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { circlesIn, importGraph, type ImportGraph } from "./import-graph.ts";

const graph = importGraph(fileURLToPath(new URL("../../", import.meta.url)));

test("no module needs itself to be loaded, not even later by import()", () => {
  expect(graph.size).toBeGreaterThan(300);
  expect(circlesIn(graph, (isType) => !isType)).toEqual([]);
});

test("no file describes itself by its own types", () => {
  expect(circlesIn(graph, () => true)).toEqual([]);
});

test("circles are found, and kinds of imports told apart", () => {
  const circle: ImportGraph = new Map([
    ["a", new Map([["b", false]])],
    ["b", new Map([["c", true]])],
    ["c", new Map([["a", false]])],
    ["d", new Map([["a", false]])],
  ]);
  expect(circlesIn(circle, () => true)).toEqual([["a", "b", "c"]]);
  expect(circlesIn(circle, (isType) => !isType)).toEqual([]);
  expect([...(graph.get("packages/nn/src/qk-norm.ts") ?? [])]).toEqual([
    ["packages/nn/src/module.ts", true],
    ["packages/nn/src/norm/index.ts", false],
    ["packages/nn/src/weights/weight-source.ts", true],
  ]);
});
