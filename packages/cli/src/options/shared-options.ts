import { backendNames } from "@helium-lm/tensor";
import { gpuJsModes } from "@helium-lm/tensor/backends/gpujs";
import { choice, flag, integer, text, type OptionTable, type OptionValues } from "./option-table.ts";

/** Options that every command has. */
export const sharedOptions = {
  model: text(
    "folder",
    "folder, .gguf file or http(s) URL of a checkpoint, <org>/<name> on the hub, or a model that ships with helium",
  ),
  backend: {
    ...choice("name", ["auto", ...backendNames()], "what computes"),
    help: `what computes: ${["auto", ...backendNames()].join(", ")}; auto takes the fastest that runs here`,
  },
  gpujsMode: choice("name", gpuJsModes, "where --backend gpujs computes"),
  codegen: choice(
    "name",
    ["auto", "wide", "plain"],
    "code of the wasm kernels; auto is wide, 256-bit operations where Node's V8 has them",
  ),
  threads: integer("n", 1, "threads that compute together; default the physical cores, at most 8"),
  json: flag("print JSON and nothing else"),
  help: flag("print this help", "h"),
  version: flag("print the version", "v"),
} as const satisfies OptionTable;

export type SharedOptions = OptionValues<typeof sharedOptions>;
