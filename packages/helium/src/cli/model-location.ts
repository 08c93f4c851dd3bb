import { shippedFolder, shippedName, type ShippedModel } from "../sources/shipped-models.ts";
import type { CliIo } from "./cli-io.ts";

export type { ShippedModel } from "../sources/shipped-models.ts";

/**
 * Folder or URL of the model that the user named: as given, or the folder of a shipped model where the name is one of
 * these and no folder here.
 *
 * @throws ModelLoadError when a shipped model is not installed
 */
export async function modelLocation(
  given: string | undefined,
  fallback: ShippedModel,
  { program }: Pick<CliIo, "program">,
): Promise<string> {
  if (given === undefined) return shippedFolder(fallback, program);
  const shipped = await shippedName(given);
  return shipped === null ? given : shippedFolder(shipped, program);
}
