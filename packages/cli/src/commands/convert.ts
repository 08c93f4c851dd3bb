import { weightDTypes } from "@helium-lm/nn";
import { defineCommand } from "../command.ts";
import { choice, flag, perCall } from "../options/option-table.ts";

export const convert = defineCommand({
  name: "convert",
  operands: "<in> <out>",
  operandKinds: ["model", "file"],
  summary: "convert a model to GGUF, or from GGUF to safetensors",
  details: `Converts between GGUF and safetensors. The output name decides the direction: <out>.gguf is written from a folder, a
.safetensors file, a URL, a small model such as helium-nano, or a model on the hub; any other name is a folder that is written from a GGUF
model. The tokenizer and the chat template are included, in a GGUF file also in the form that llama.cpp reads. Values are
only rounded if you ask for it with --dtype; quantised matrices become f32 in a folder. To write a quantised file, use
helium quantize. With --json, one object is printed: {"model", "output", "bytes": {"input", "output"}, "seconds",
"leftOut", "tensors": [{"name", "dtype", "shape"}, …]}.`,
  examples: [
    ["helium convert helium-nano nano.gguf", "a GGUF file of a small model"],
    ["helium convert model.q4_0.gguf ./model --dtype bf16", "a folder with safetensors, its matrices rounded to bf16"],
  ],
  options: {
    dtype: choice("name", weightDTypes, "how to store matrices; auto keeps them as they are"),
    force: perCall(flag("replace an existing file, or write into a folder that is not empty")),
  },
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async (given, io) => (await import("../runs/run-convert.ts")).runConvert(given, io),
});
