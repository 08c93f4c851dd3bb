import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { docExamples, examplesIn } from "../../../testing/doc-examples/extract.ts";
import { Given, notRun } from "./doc-examples/given.ts";
import { runExample } from "../../../testing/doc-examples/run-example.ts";

// Runs real models on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const examples = docExamples();

describe("examples in docstrings", () => {
  let given: Given;
  beforeAll(async () => {
    given = await Given.create();
  });
  afterAll(() => given.close());

  test.each(
    examples.filter(({ file }) => notRun[file] === undefined).map((one) => [`${one.file}:${one.line}`, one] as const),
  )("%s runs and prints what it says", async (_, { file, code }) => {
    for (const { expected, given: printed } of await runExample(code, given.for(file)))
      expect(printed.replace(/\s+/g, " ")).toBe(expected);
  });

  test("stand where users begin", () => {
    const files = new Set(examples.map(({ file }) => file.replace("packages/", "")));
    for (const file of [
      ...["helium/src/loading/auto.ts", "helium/src/heads/causal-lm.ts", "helium/src/tokenizer/auto-tokenizer.ts"],
      ...["helium/src/engine/engine.ts", "helium/src/tokenizer/tokenizer.ts", "tensor/src/tensor.ts"],
      ...["tensor/src/backends.ts", "tensor/src/scope.ts", "tensor/src/ops/matmul.ts", "tensor/src/ops/binary.ts"],
    ])
      expect(files, file).toContain(file);
    for (const file of Object.keys(notRun)) expect(examples.some((one) => one.file === file)).toBe(true);
  });
});

test("examples are found, run, and compared with what they say", async () => {
  const text =
    "/**\n * Adds.\n *\n * @example\n * const sum: number = 1 + one;\n * console.log(sum); // 3\n * @throws nothing\n */";
  const [{ line, code } = { line: 0, code: "" }] = examplesIn("x.ts", text);
  expect({ line, code }).toEqual({ line: 4, code: "const sum: number = 1 + one;\nconsole.log(sum); // 3" });
  expect(await runExample(code, { one: 2 })).toEqual([{ expected: "3", given: "3" }]);
  await expect(runExample("absent();", {})).rejects.toThrow("absent is not defined");
});
