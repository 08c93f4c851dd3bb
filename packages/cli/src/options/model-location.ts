import { installedModel, shippedFolder, shippedName, type ShippedModel } from "@helium-lm/helium/sources";
import type { CliIo } from "../terminal/cli-io.ts";
import { parseHubId, type HubId, type HubOptions } from "@helium-lm/helium";
import { UsageError } from "./option-table.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { printable } from "../terminal/style.ts";

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

/** The one operand of a command, which names a model of the hub. @throws UsageError */
export function hubOperand(subject: string, operands: readonly string[], model: string | undefined): HubId {
  const [given] = operands;
  if (given === undefined || operands.length > 1)
    throw new UsageError(subject, `takes one model as <org>/<name>, but ${operands.length} were given`);
  if (model !== undefined) throw new UsageError(subject, "takes the model as an argument, not with --model");
  const id = parseHubId(given);
  if (id !== null) return id;
  throw new UsageError(
    subject,
    `${JSON.stringify(given)} is not a model on the hub; expected <org>/<name>, <org>/<name>@<revision>`,
    { given },
  );
}

/** How commands reach the hub: by the settings of the environment, with a line of progress and notices on stderr. */
export interface HubAccess {
  readonly options: HubOptions;
  /** Removes the line. */
  clear(): void;
}

export function hubAccess(
  io: Pick<CliIo, "stderr" | "env" | "signal">,
  { json }: { readonly json: boolean },
): HubAccess {
  const progress = new ProgressLine(io, { label: "fetching", quiet: json });
  return {
    options: {
      env: io.env,
      onDownload: ({ loaded, total }) => progress.show(loaded, total),
      onNotice: (notice) => {
        progress.clear();
        io.stderr.write(`${printable(notice)}\n`);
      },
      ...(io.signal && { signal: io.signal }),
    },
    clear: () => progress.clear(),
  };
}
