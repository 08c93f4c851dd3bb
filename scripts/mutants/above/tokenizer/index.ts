import type { Area } from "../area.ts";
import { modelBugs } from "./models.ts";
import { outputBugs } from "./output.ts";
import { pipelineBugs } from "./pipeline.ts";
import { textBugs } from "./text.ts";

export const tokenizer: Area = {
  name: "tokenizer",
  tests: [
    "packages/helium/test/tokenizer/components.test.ts",
    "packages/helium/test/tokenizer/edges.test.ts",
    "packages/helium/src/tokenizer/tokenizer.test.ts",
    "packages/helium/src/tokenizer/sentencepiece/sentencepiece.test.ts",
    "packages/helium/src/tokenizer/models/scored-bpe.test.ts",
    "packages/helium/src/tokenizer/models/trie.test.ts",
    "packages/helium/src/tokenizer/models/unigram.test.ts",
    "packages/helium/src/tokenizer/models/bpe.test.ts",
    "packages/helium/src/tokenizer/normalizers/normalize-text.test.ts",
    "packages/helium/src/tokenizer/auto-tokenizer.test.ts",
    "packages/helium/test/tokenizer/malformed.test.ts",
    "packages/helium/test/tokenizer/fixtures.test.ts",
    "packages/helium/test/tokenizer/hostile.test.ts",
  ],
  bugs: [...pipelineBugs, ...modelBugs, ...textBugs, ...outputBugs],
};
