import type { Pooling } from "@helium-lm/helium";
import { defineCommand } from "../command.ts";
import { loadingOptions } from "../options/loading-options.ts";
import { choice, flag, integer, text, perCall } from "../options/option-table.ts";

const poolings = ["mean", "last", "cls"] as const satisfies readonly Pooling[];

export const embed = defineCommand({
  name: "embed",
  operands: "[text …]",
  summary: "make vectors of texts",
  details: `Makes one vector of each text, of the hidden states of the model's last layer after its final norm. Texts are given in
quotes, or piped in as lines; blank lines are skipped. Vectors have the length 1, so that the product of two is the cosine of
their angle. Shown are the first numbers of each, and how alike several texts are. With --json, one line is printed per text:
{"index", "text", "tokens", "embedding"}; the numbers are those of the vector to the last bit of f32. With --output, all go into
a file for NumPy, one row per text.`,
  examples: [
    ['helium embed "a cat" "a dog" "a train"', "how alike three texts are"],
    ["helium embed --json --model org/name < lines.txt > vectors.jsonl", "a vector of each line, as JSON lines"],
    ["helium embed --pooling last --output vectors.npy < lines.txt", "the same as an array [texts, numbers] for NumPy"],
  ],
  options: {
    pooling: choice("name", poolings, "which tokens make the vector: all, the last or the first; default mean"),
    raw: flag("leave vectors as long as they are"),
    dimensions: integer("n", 1, "the first n numbers alone, for models that were trained for it"),
    truncate: flag("cut texts that are longer than the model's context, instead of refusing them"),
    output: perCall(text("file", "write a .npy file of f32 instead")),
    force: perCall(flag("replace an existing file")),
    ...loadingOptions,
  },
  run: async (given, io) => (await import("../runs/run-embed.ts")).runEmbed(given, io),
});
