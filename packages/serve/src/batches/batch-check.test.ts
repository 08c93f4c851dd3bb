import { expect, test } from "vitest";
import { BatchCheck } from "./batch-check.ts";

const line = (custom_id: string, url = "/v1/completions"): string => JSON.stringify({ custom_id, url, body: {} });

test("a file whose lines are all requests has no problem; empty lines count as lines alone", () => {
  const check = new BatchCheck();
  const found = [line("a"), "", line("b", "/v1/tag"), "  \r"].map((text, at) => check.add(text, at + 1)?.custom_id);
  check.end();
  expect(found).toEqual(["a", undefined, "b", undefined]);
  expect([check.requests, check.problems]).toEqual([2, []]);
});

test("every bad line is named, with its number", () => {
  const check = new BatchCheck({ endpoint: "/v1/completions" });
  const lines = [line("a"), "{", line("a"), line("b", "/v1/tag"), line("c")];
  for (const [at, text] of lines.entries()) check.add(text, at + 1);
  check.end();
  expect(check.problems).toMatchObject([
    { line: 2, code: "invalid_json_line", param: null },
    {
      line: 3,
      code: "duplicate_custom_id",
      param: "custom_id",
      message: "custom_id: is that of line 1 too; give each its own",
    },
    { line: 4, code: "url_mismatch", param: "url" },
  ]);
});

test("a file without requests, and one with too many, is refused as a whole", () => {
  const empty = new BatchCheck();
  empty.add("", 1);
  empty.end();
  expect(empty.problems).toMatchObject([{ line: null, code: "empty_file" }]);
  const long = new BatchCheck({ maxRequests: 1 });
  long.add(line("a"), 1);
  long.add(line("b"), 2);
  long.end();
  expect(long.problems).toMatchObject([{ line: null, code: "too_many_tasks" }]);
});

test("of very many problems no more are told than a person reads", () => {
  const check = new BatchCheck({ maxProblems: 3 });
  for (let at = 1; at <= 10; at++) check.add("{", at);
  expect(check.isHopeless).toBe(true);
  expect(check.problems.map((problem) => problem.line)).toEqual([1, 2, 3]);
});
