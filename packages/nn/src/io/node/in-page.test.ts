import { describe, expect, test } from "vitest";
import { NodeOnlyError } from "@helium-lm/tensor";
import * as node from "./index.ts";
import * as page from "./in-page.ts";

describe("what stands in a page for the part for Node", () => {
  test("has the same names", () => {
    expect(Object.keys(page).sort()).toEqual(Object.keys(node).sort());
  });

  test.each(Object.entries(page))("%s refuses, and says what to do", async (name, call: unknown) => {
    const called = (call as (path: string) => Promise<unknown>)("models/nano");
    await expect(called).rejects.toBeInstanceOf(NodeOnlyError);
    await expect(called).rejects.toThrow(
      /^(models\/nano: is a path, and a page .* files by path; give |\w+: .* in Node$)/,
    );
    await expect(called).rejects.toMatchObject({ details: { function: name } });
  });
});
