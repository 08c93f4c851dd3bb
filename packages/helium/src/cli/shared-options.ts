import { backendNames } from "@helium-lm/tensor";
import type { WeightDType } from "@helium-lm/nn";
import { choice, flag, text, type OptionTable, type OptionValues } from "./option-table.ts";

/** Options that every command has. */
export const sharedOptions = {
  model: text("folder", "folder or http(s) URL of a checkpoint, or the name of a model that ships with helium"),
  backend: choice("name", ["auto", ...backendNames()], "what computes; auto takes the fastest that runs here"),
  json: flag("print JSON and nothing else"),
  help: flag("print this help", "h"),
  version: flag("print the version", "v"),
} as const satisfies OptionTable;

export type SharedOptions = OptionValues<typeof sharedOptions>;

/** Ways to keep matrices in memory, by the names of the library. */
const weightDTypeTable: Readonly<Record<WeightDType, true>> = { auto: true, f32: true, f16: true, bf16: true };

export const weightDTypes = Object.keys(weightDTypeTable) as WeightDType[];
