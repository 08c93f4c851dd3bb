import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docExamples, examplesIn, type DocExample } from "../../../testing/doc-examples/extract.ts";
import { Given, notRun } from "./doc-examples/given.ts";
import { runExample } from "../../../testing/doc-examples/run-example.ts";

const examples = docExamples();

const keyOf = ({ file, name }: DocExample): string => `${file} ${name}`;

/** What a reader of the documentation tries first, by the folder of its source. */
const firstMet: readonly (readonly [folder: string, names: string])[] = [
  [
    "tensor/src/",
    "createBackend registerBackend tensor fromStored full zeros ones arange randn Rng data toArray scope keep",
  ],
  ["tensor/src/", "backendNames configureDispatch fromBlocks quantize dequantize"],
  [
    "tensor/src/ops/",
    "add sub mul div pow matmul cast exp log sqrt abs eq lt where gather max min argmax argmin sliceUpdate",
  ],
  [
    "tensor/src/ops/",
    "maximum minimum variance repeatInterleave sigmoid activation flip logsumexp logSoftmax logicalAnd",
  ],
  ["tensor/src/ops/", "prod any all round triu scatter scatterAdd indexAdd quantMatmul gatherQuant"],
  [
    "tensor/src/ops/",
    "sum mean reshape permute transpose expand narrow squeeze unsqueeze slice concat stack split clamp pad",
  ],
  ["tensor/src/ops/", "sort argsort topk cumsum oneHot maskedFill tril takeAlongAxis einsum conv1d"],
  ["tensor/src/ops/fused/", "softmax linear rmsNorm layerNorm rope attention sampleTokens"],
  [
    "nn/src/",
    "Linear Embedding RmsNorm LayerNorm paddingMask MemoryWeights SafetensorsFile GgufFile writeSafetensors assemble",
  ],
  ["helium/src/loading/", "fromPretrained AutoModel AutoModelForCausalLM AutoModelForSequenceClassification"],
  ["helium/src/loading/", "AutoModelForTokenClassification HeliumModel loadModel loadConfig"],
  ["helium/src/heads/", "forward generate stream streamText"],
  ["helium/src/heads/base-model.ts", "forward"],
  ["helium/src/heads/sequence-classification.ts", "forward"],
  ["helium/src/heads/token-classification.ts", "forward"],
  ["helium/src/model/", "createCache engine savePretrained ModelOutput"],
  ["helium/src/engine/", "submit EngineHandle createEngineWorker createInferenceEngine"],
  ["helium/src/tokenizer/", "fromPretrained Tokenizer encode encodeAsync decode streamDecoder applyChatTemplate"],
  ["helium/src/sources/", "modelSource folderSource urlSource hubSource ggufSource filesSource readText ModelSource"],
  ["helium/src/sources/", "shippedModels"],
  ["helium/src/generation/", "perRow generateSteps computeTransitionScores"],
  ["helium/src/families/", "registerFamily knownModelTypes"],
  ["helium/src/pipelines/", "ChatSession labelSpans paddedBatches timedGeneration"],
  [
    "helium/src/convert/",
    "kvCacheBytesPerToken summarise countedReader keptTypes checkOutput writeGgufModel writeModelFolder",
  ],
];

describe("examples in docstrings", () => {
  let given: Given;
  beforeAll(async () => {
    given = await Given.create();
  });
  afterAll(() => given.close());

  test.each(
    examples.filter((one) => notRun[keyOf(one)] === undefined).map((one) => [`${one.file}:${one.line}`, one] as const),
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
    const keys = new Set(examples.map(keyOf));
    for (const key of Object.keys(notRun)) expect(keys, key).toContain(key);
  });

  test.each(firstMet)("in %s each of what users meet first has one", (folder, names) => {
    const those = examples.filter(({ file }) => file.startsWith(`packages/${folder}`));
    const without = names.split(" ").filter((name) => !those.some((one) => one.name === name));
    expect(without).toEqual([]);
  });
});

test("examples are found, run, and compared with what they say", async () => {
  const text =
    "/**\n * Adds.\n *\n * @example\n * const sum: number = 1 + one;\n * console.log(sum); // 3\n * @throws nothing\n */";
  const [{ line, name, code } = { line: 0, name: "", code: "" }] = examplesIn(
    "x.ts",
    `${text}\nexport function adds(): void {}`,
  );
  expect({ line, name, code }).toEqual({
    line: 4,
    name: "adds",
    code: "const sum: number = 1 + one;\nconsole.log(sum); // 3",
  });
  expect(await runExample(code, { one: 2 })).toEqual([{ expected: "3", given: "3" }]);
  await expect(runExample("absent();", {})).rejects.toThrow("absent is not defined");
});
