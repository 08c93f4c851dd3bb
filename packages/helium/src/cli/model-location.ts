import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { ModelLoadError } from "../errors.ts";
import type { CliIo } from "./cli-io.ts";

/** Models that ship with this package, and the packages that hold them. */
const shippedModels = {
  "helium-nano": "@helium-lm/model-helium-nano",
  "helium-nano-langid": "@helium-lm/model-helium-nano-langid",
  "helium-nano-codeswitch": "@helium-lm/model-helium-nano-codeswitch",
} as const;

export type ShippedModel = keyof typeof shippedModels;

/**
 * Folder or URL of the model that the user named: as given, or the folder of a shipped model where the name is one of
 * these and no folder here.
 *
 * @throws ModelLoadError when a shipped model is not installed
 */
export function modelLocation(given: string | undefined, fallback: ShippedModel, io: Pick<CliIo, "program">): string {
  if (given === undefined) return shippedFolder(fallback, io);
  return isShipped(given) && !existsSync(given) ? shippedFolder(given, io) : given;
}

const isShipped = (name: string): name is ShippedModel => Object.hasOwn(shippedModels, name);

function shippedFolder(name: ShippedModel, { program }: Pick<CliIo, "program">): string {
  const packageName = shippedModels[name];
  try {
    return dirname(createRequire(program).resolve(`${packageName}/package.json`));
  } catch (cause) {
    throw new ModelLoadError(
      packageName,
      "is not installed; npm install it, or give a checkpoint with --model",
      { package: packageName },
      { cause },
    );
  }
}
