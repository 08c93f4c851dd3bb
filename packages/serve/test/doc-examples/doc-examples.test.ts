import { AutoModelForCausalLM, AutoTokenizer, type ModelForCausalLM } from "@helium-lm/helium";
import * as pipelines from "@helium-lm/helium/pipelines";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docExamples } from "../../../../testing/doc-examples/extract.ts";
import { runExample } from "../../../../testing/doc-examples/run-example.ts";
import { root } from "../../../../testing/repository.ts";
import * as main from "../../src/index.ts";
import * as node from "../../src/node/index.ts";

const examples = docExamples("serve");

let given: Readonly<Record<string, unknown>>;
let model: ModelForCausalLM;
beforeAll(async () => {
  const folder = `${root}models/helium-nano`;
  model = await AutoModelForCausalLM.fromPretrained(folder, { backend: "cpu" });
  given = { ...pipelines, ...main, ...node, model, tokenizer: await AutoTokenizer.fromPretrained(folder) };
});
afterAll(() => model.dispose());

test.each(examples.map((one) => [`${one.file}:${one.line}`, one] as const))(
  "%s runs and prints what it says",
  async (_, { code }) => {
    for (const { expected, given: printed } of await runExample(code, given))
      expect(printed.replace(/\s+/g, " ")).toBe(expected);
  },
);

test.each(["ModelServer", "serve", "modelEntry", "listen", "parseBatchLine", "readThoughts"])("%s has one", (name) => {
  expect(examples.map((one) => one.name)).toContain(name);
});
