import { defineCommand } from "../command.ts";
import { flag } from "../options/option-table.ts";

export const inspect = defineCommand({
  name: "inspect",
  operands: "[model]",
  operandKinds: ["model"],
  summary: "show the config, tensors, parameters and memory of a checkpoint",
  details: `Shows what config.json and the headers of the weights say, without reading the weights themselves. Tensors that are the
same in several layers share a line. With --json, one object with every tensor is printed: {"model", "config",
"architectures", "parameters", "storedBytes", "storedAs", "memory", "unknownConfigKeys", "warnings", "tensors"}. With
--backend, it also shows how that backend keeps the weights ("kept" in JSON): packed as in the file or expanded to f32, and
whether its kernels can use them that way ("runs").`,
  examples: [
    ["helium inspect helium-nano", "config, tensors and memory"],
    ["helium inspect ./my-checkpoint --all", "every tensor on a line of its own"],
    ["helium inspect ./model.q4_K.gguf --backend gpujs --gpujs-mode cpu", "how a backend keeps the weights of a file"],
  ],
  options: { all: flag("show every tensor on its own line") },
  run: async (given, io) => (await import("../runs/run-inspect.ts")).runInspect(given, io),
});
