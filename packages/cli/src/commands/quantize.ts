import { defineCommand } from "../command.ts";
import { writableFormats } from "../options/loading-options.ts";
import { choice, flag, perCall } from "../options/option-table.ts";

/** The embedding and the head suffer most from few bits, and may be kept whole. */
const embeddingFormats = [...writableFormats, "bf16", "f16", "f32"] as const;

export const quantize = defineCommand({
  name: "quantize",
  operands: "<in> <out.gguf>",
  operandKinds: ["model", "file"],
  summary: "write a quantised GGUF file",
  details: `Reads a model (a folder, a .safetensors or .gguf file, a URL, or the name of a small model) one tensor at a time, and
writes a GGUF file with its tokenizer. Prints how each tensor is stored and the error that this causes: the root mean
square of the differences, relative to that of the weights. A matrix whose rows do not fill whole blocks of the format is
stored with smaller blocks or as bf16, and is listed; vectors stay f32. With --json, one object is printed: {"model",
"output", "format", "embeddingFormat", "parameters", "bytes": {"input", "output"}, "error": {"worst", "mean"}, "seconds",
"fallbacks", "leftOut", "tensors": [{"name", "dtype", "shape", "bytes", "relativeRms"}, …]}.`,
  examples: [
    ["helium quantize helium-nano nano.q8_0.gguf --format q8_0", "8.5 bits for each weight"],
    [
      "helium quantize ./my-model small.gguf --format q4_0 --embedding-format q6_K",
      "4.5 bits, and 6.6 for the embedding and the head",
    ],
  ],
  options: {
    format: choice("name", writableFormats, "format of the matrices; required"),
    embeddingFormat: choice("name", embeddingFormats, "format of the embedding and the head; default as --format"),
    strict: flag("fail if rows do not fill whole blocks of the format"),
    force: perCall(flag("replace an existing file")),
  },
  without: ["model", "backend", "gpujsMode", "codegen"],
  run: async (given, io) => (await import("../runs/run-quantize.ts")).runQuantize(given, io),
});
