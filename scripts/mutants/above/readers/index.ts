import type { Area } from "../area.ts";
import { ggufBugs } from "./gguf.ts";
import { byteBugs } from "./json-and-bytes.ts";
import { safetensorsBugs } from "./safetensors.ts";

export const readers: Area = {
  name: "readers and writers",
  tests: [
    "packages/nn/src/io/json/strict-json.test.ts",
    "packages/nn/src/io/safetensors/safetensors-header.test.ts",
    "packages/nn/src/io/safetensors/safetensors-reader.test.ts",
    "packages/nn/src/io/safetensors/safetensors-writer.test.ts",
    "packages/nn/src/io/safetensors/sharded-safetensors.test.ts",
    "packages/nn/src/io/bytes/slices-of.test.ts",
    "packages/nn/src/io/bytes/read-ahead.test.ts",
    "packages/nn/src/io/bytes/fetch-source.test.ts",
    "packages/nn/src/io/gguf/gguf-header.test.ts",
    "packages/nn/src/io/gguf/gguf-reader.test.ts",
    "packages/nn/src/io/gguf/gguf.test.ts",
    "packages/nn/src/weights/checkpoint-weights.test.ts",
    "packages/nn/src/io/node/node.test.ts",
  ],
  bugs: [...byteBugs, ...safetensorsBugs, ...ggufBugs],
};
