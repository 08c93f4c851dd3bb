import { expect, test } from "vitest";
import { PrefixTree } from "./prefix-tree.ts";

const pagesOf = (tree: PrefixTree, ids: readonly number[], salt = ""): readonly number[] =>
  tree.find(ids, 2, salt).path.map(({ page }) => page);

/** Stores a text of whole pages of two tokens. */
function store(tree: PrefixTree, pages: readonly number[], ids: readonly number[], salt = ""): void {
  let parent = null;
  for (const [i, page] of pages.entries()) parent = tree.add(page, parent, ids.slice(2 * i, 2 * i + 2), salt);
}

test("finds the whole pages that a text begins with, each behind those before it", () => {
  const tree = new PrefixTree();
  store(tree, [4, 7], [1, 2, 3, 4]);
  store(tree, [9], [3, 4]);
  expect(pagesOf(tree, [1, 2, 3, 4, 5, 6])).toEqual([4, 7]);
  expect(pagesOf(tree, [1, 2, 3, 4])).toEqual([4, 7]);
  expect(pagesOf(tree, [1, 2, 3])).toEqual([4]);
  expect(pagesOf(tree, [3, 4, 1, 2])).toEqual([9]);
  expect(pagesOf(tree, [1, 2, 9, 9, 3, 4])).toEqual([4]);
  expect(pagesOf(tree, [1])).toEqual([]);
});

test("a page that is not full begins no text, also where one of its tokens would", () => {
  const tree = new PrefixTree();
  tree.add(4, null, [1], "");
  expect(pagesOf(tree, [1])).toEqual([]);
});

test("tokens whose digits run together are told apart", () => {
  const tree = new PrefixTree();
  store(tree, [4], [1, 23]);
  expect(pagesOf(tree, [12, 3])).toEqual([]);
});

test.each([
  ["", "b"],
  ["b", ""],
  ["a", "b"],
])("a text stored under the salt %j is not found under %j, nor shares a page with it", (salt, other) => {
  const tree = new PrefixTree();
  store(tree, [1], [7, 7], salt);
  store(tree, [2], [1, 2], other);
  store(tree, [3], [1, 2], salt);
  expect(pagesOf(tree, [7, 7], other)).toEqual([]);
  expect(pagesOf(tree, [1, 2], other)).toEqual([2]);
  expect(pagesOf(tree, [1, 2], salt)).toEqual([3]);
});

test("behind the whole pages the one is found that shares most of the next tokens, from an eighth of a page on", () => {
  const tree = new PrefixTree();
  const block = (start: number): number[] => Array.from({ length: 16 }, (_, i) => start + i);
  const first = tree.add(1, null, block(0), "");
  tree.add(2, first, [...block(100).slice(0, 9), 7, 7, 7, 7, 7, 7, 7], "");
  tree.add(3, first, [...block(100).slice(0, 12), 8, 8, 8, 8], "");
  tree.add(4, first, block(200), "");
  const partialOf = (ids: readonly number[], salt = ""): unknown => tree.find(ids, 16, salt).partial;
  expect(partialOf([...block(0), ...block(100).slice(0, 11), 5, 5])).toEqual({ page: 3, tokens: 11 });
  expect(partialOf([...block(0), ...block(100).slice(0, 9), 7, 7])).toEqual({ page: 2, tokens: 11 });
  expect(partialOf([...block(0), ...block(100).slice(0, 2), 5, 5])).toEqual({ page: 2, tokens: 2 });
  expect(partialOf([...block(0), ...block(100).slice(0, 1), 5, 5])).toBeNull();
  expect(partialOf([...block(0), ...block(200)])).toBeNull();
  expect(partialOf(block(0).slice(0, 10))).toEqual({ page: 1, tokens: 10 });
  expect(partialOf([...block(0), ...block(100)], "other")).toBeNull();
});

test("a page with the same tokens behind the same page is the one that is there", () => {
  const tree = new PrefixTree();
  store(tree, [4, 7], [1, 2, 3, 4]);
  const [first] = tree.find([1, 2], 2, "").path;
  expect(tree.add(8, first ?? null, [3, 4], "").page).toBe(7);
  expect([tree.has(7), tree.has(8)]).toEqual([true, false]);
});

test("forgets the page that has rested longest, and never one in use", () => {
  const tree = new PrefixTree();
  store(tree, [4, 7, 9], [1, 2, 3, 4, 5, 6]);
  expect(tree.rest(3)).toBe(false);
  for (const page of [9, 7, 4]) expect(tree.rest(page)).toBe(true);
  expect(tree.idle).toBe(3);
  tree.use(9);
  expect(tree.idle).toBe(2);
  expect(tree.evict()).toBe(7);
  expect(tree.has(7)).toBe(false);
  expect(pagesOf(tree, [1, 2, 3, 4, 5, 6])).toEqual([4]);
  expect(tree.evict()).toBe(4);
  expect(() => tree.evict()).toThrow("PrefixTree: no page rests");
  tree.clear();
  expect([tree.has(9), pagesOf(tree, [1, 2])]).toEqual([false, []]);
});
