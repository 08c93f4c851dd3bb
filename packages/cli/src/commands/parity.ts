import { backendNames } from "@helium-lm/tensor";
import { defineCommand } from "../command.ts";
import { matrixDTypes } from "../options/loading-options.ts";
import { choices, flag, text } from "../options/option-table.ts";

export const parity = defineCommand({
  name: "parity",
  operands: "<model>",
  operandKinds: ["model"],
  summary: "compare a model with a dump from transformers, module by module",
  details: `Runs each module of the model on the input that the reference module got, so that errors do not add up, and then the
whole model. Prints how far each result is from the reference: the largest difference, the relative difference (both as
vectors) and the cosine; for logits also how often both have the same first choice, and the divergence KL(reference ‖
here) in nats. The dump is made by scripts/reference/dump_reference.py. With --json, one line is printed per backend and
dtype: {"backend", "dtype", "logits", "layers", "modules", "skipped"}.`,
  examples: [
    ["helium parity ./my-model --reference dump.safetensors", "the worst of each kind of module"],
    ["helium parity ./my-model --reference dump.safetensors --dtypes f32,q8_0", "what rounding the weights does"],
  ],
  options: {
    reference: text("file", "dump to compare with"),
    backends: choices("names", backendNames(), "backends to compare, one after the other; default --backend"),
    dtypes: choices("names", matrixDTypes, "dtypes of the matrices, one after the other; default auto"),
    all: flag("show every module and layer, not only the worst of each kind"),
  },
  run: async (given, io) => (await import("../runs/run-parity.ts")).runParity(given, io),
});
