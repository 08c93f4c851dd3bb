import { defineCommand } from "../command.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { flag } from "../options/option-table.ts";

export const tag = defineCommand({
  name: "tag",
  operands: "[text …]",
  summary: "label each token of texts; the default model detects languages",
  details: `Prints each run of tokens with the same label on a line: label, tab, text. Several texts, or lines from stdin (blank lines
are skipped), are separated by an empty line. With --json, one line is printed per text: {"text", "inputIds", "tokens",
"labels", "scores", "spans": [{"label", "start", "end", "text"}, …]}, where start and end count Unicode code points.`,
  examples: [
    ['helium tag "Sie können das Paket installieren et ensuite redémarrer."', "the runs of each language"],
    ['helium tag --tokens "la capital of Spain"', "each token with its label and probability"],
    ["helium tag --json < lines.txt", "each line of a file as JSON"],
  ],
  options: {
    tokens: flag("print each token with its label and probability"),
    ...loadingOptions,
  },
  run: async (given, io) => (await import("../runs/run-tag.ts")).runTag(given, io),
});
