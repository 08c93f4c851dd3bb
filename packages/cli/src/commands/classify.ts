import { defineCommand } from "../command.ts";
import { DEFAULT_TOP } from "../options/default-top.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { integer } from "../options/option-table.ts";

export const classify = defineCommand({
  name: "classify",
  operands: "[text …]",
  summary: "classify texts; the default model detects their language",
  details: `Prints the classes of a text with their probabilities, most likely first. Several texts, or lines from stdin (blank lines
are skipped), give one line each: class, probability, text. With --json, one line is printed per text: {"text", "label",
"score", "scores": [{"label", "score"}, …]}.`,
  examples: [
    ['helium classify "Wo ist der Bahnhof?"', "the language of a sentence"],
    ["helium classify --top 2 < lines.txt", "two languages of each line of a file"],
    ['helium classify --model ./my-classifier --json "A text"', "the classes of a model of your own, as JSON"],
  ],
  options: {
    top: integer(
      "n",
      1,
      `number of classes to show; default ${DEFAULT_TOP} for one text, 1 for several, all with --json`,
    ),
    ...loadingOptions,
  },
  run: async (given, io) => (await import("../runs/run-classify.ts")).runClassify(given, io),
});
