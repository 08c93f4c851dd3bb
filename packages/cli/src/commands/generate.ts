import { defineCommand } from "../command.ts";
import { defaultLengths } from "../options/default-lengths.ts";
import { grammarOptions } from "../options/grammar-options.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { flag, integer } from "../options/option-table.ts";
import { samplingOptions } from "../options/sampling-options.ts";
import { speculationOptions } from "../options/speculation-options.ts";

export const generate = defineCommand({
  name: "generate",
  operands: "[prompt]",
  summary: "continue a text",
  details: `Continues the prompt, given in quotes or piped in; without a prompt the model starts a text of its own. The text is
written to stdout as it is generated, the speed to stderr. With --json-schema, --regex, --choice or --grammar the new text
can be nothing else, and it alone is written. With --json, one object is printed at the end: {"prompt",
"text", "completion", "inputIds", "tokens", "finishReason", "seconds", "tokensPerSecond", "seed", "backend", "model"}, and
"stats" with --stats.`,
  examples: [
    ['helium generate "Um das System zu installieren,"', "the text goes on, the likeliest token first"],
    [
      'helium generate --temperature 0.8 --top-p 0.95 --seed 7 "Once upon a time"',
      "a text that is drawn, and the same again with the same seed",
    ],
    ['helium generate --choice " yes, no" "Is the sky blue? Answer yes or no:"', "one of two answers"],
    [
      "helium generate --json --max-new-tokens 8 < prompt.txt",
      "a prompt from a file, and the answer with its tokens and speed",
    ],
  ],
  options: {
    maxNewTokens: integer(
      "n",
      1,
      `maximum tokens to generate, within the model's context; default ${defaultLengths.free}, or ${defaultLengths.constrained} with a grammar`,
    ),
    ...samplingOptions,
    ...grammarOptions,
    ...speculationOptions,
    ignoreEos: flag("continue after an end-of-text token"),
    stats: flag("show how passes were computed: replayed or not, time inside and outside kernels"),
    ...loadingOptions,
  },
  run: async (given, io) => (await import("../runs/run-generate.ts")).runGenerate(given, io),
});
