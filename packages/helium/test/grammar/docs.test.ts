import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../../../testing/repository.ts";
import { runExample } from "../../../../testing/doc-examples/run-example.ts";
import { Given } from "../doc-examples/given.ts";

const page = "docs/grammars.md";
const blocks = [...readFileSync(`${root}${page}`, "utf8").matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = ""]) => code,
);

describe(page, () => {
  let given: Given;
  beforeAll(async () => {
    given = await Given.create();
  });
  afterAll(() => given.close());

  test("has examples", () => expect(blocks.length).toBeGreaterThanOrEqual(2));

  test.each(blocks)("example %#: prints what it says", async (code) => {
    const printed = await runExample(code, given.for(page));
    expect(printed.length).toBeGreaterThan(0);
    for (const { expected, given: text } of printed) expect(text).toBe(expected);
  });
});
