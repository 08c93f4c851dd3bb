import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { docExamples } from "../../../testing/doc-examples/extract.ts";
import { runExample } from "../../../testing/doc-examples/run-example.ts";
import * as main from "../src/index.ts";
import * as metrics from "../src/metrics/index.ts";
import * as json from "../src/python/json.ts";
import * as random from "../src/python/random.ts";
import * as repr from "../src/python/repr.ts";
import * as regularExpression from "../src/python/regular-expression.ts";

const model = new URL("../../../fixtures/sentencepiece/unigram.model", import.meta.url);

/** All that an example may use without an import. */
const given = {
  ...main,
  ...metrics,
  ...{ ...json, ...random, ...regularExpression, ...repr },
  modelBytes: new Uint8Array(readFileSync(model)),
};

// What data and endpoints give, only their reader has.
const examples = docExamples("eval").filter(({ file }) => /src\/(metrics|python|tasks|prompt)\//.test(file));

test.each(examples.map((one) => [`${one.file}:${one.line}`, one] as const))(
  "%s runs and prints what it says",
  async (_, { code }) => {
    for (const { expected, given: printed } of await runExample(code, given))
      expect(printed.replace(/\s+/g, " ")).toBe(expected);
  },
);
