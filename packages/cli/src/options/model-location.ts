import { installedModel, shippedFolder, shippedName, type ShippedModel } from "@helium-lm/helium/sources";
import type { CliIo } from "../terminal/cli-io.ts";

/**
 * Folder or URL of the model that the user named: as given, or the folder of a shipped model where the name is one of
 * these and no folder here. Its package is looked for beside this program, and in the working folder: `npx` may have the
 * program elsewhere.
 *
 * @throws ModelLoadError when a shipped model is not installed
 */
export async function modelLocation(
  given: string | undefined,
  fallback: ShippedModel,
  { program }: Pick<CliIo, "program">,
): Promise<string> {
  const shipped = given === undefined ? fallback : await shippedName(given);
  if (shipped === null) return given ?? fallback;
  return (await shippedHere(shipped, { program })) ?? shippedFolder(shipped);
}

/** Folder of a shipped model, null where its package is neither beside this program nor in the working folder. */
export const shippedHere = async (name: ShippedModel, { program }: Pick<CliIo, "program">): Promise<string | null> =>
  (await installedModel(name, program)) ?? installedModel(name);
