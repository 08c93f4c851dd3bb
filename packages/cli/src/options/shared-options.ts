import { backendNames } from "@helium-lm/tensor";
import { gpuJsModes } from "@helium-lm/tensor/backends/gpujs";
import {
  inGroup,
  choice,
  flag,
  integer,
  text,
  type OptionTable,
  type OptionValues,
  perCall,
  replacing,
} from "./option-table.ts";

/** What is computed with, and where. */
const computing = inGroup("Computing", {
  model: text(
    "model",
    "folder, .gguf file or http(s) URL of a checkpoint, <org>/<name> on the hub, or a small model such as helium-nano",
  ),
  backend: replacing(["gpujsMode", "codegen"], {
    ...choice("name", ["auto", ...backendNames()], "backend"),
    help: `where to compute: ${["auto", ...backendNames()].join(", ")}; auto is the fastest available`,
  }),
  gpujsMode: choice("name", gpuJsModes, "how --backend gpujs computes"),
  codegen: choice(
    "name",
    ["auto", "wide", "plain"],
    "code of the wasm kernels; auto uses wide (256-bit) operations where V8 supports them",
  ),
  threads: integer("n", 1, "number of threads; default one per physical core, at most 8"),
} as const satisfies OptionTable);

/** Options that every command has. */
export const sharedOptions = {
  ...computing,
  ...inGroup("General", {
    json: perCall(flag("print only JSON")),
    help: perCall(flag("print this help", "h")),
    version: perCall(flag("print the version", "v")),
  } as const satisfies OptionTable),
} as const satisfies OptionTable;

export type SharedOptions = OptionValues<typeof sharedOptions>;
