import { stat } from "node:fs/promises";
import { join } from "node:path";
import { listCache, type CachedRepo } from "@helium-lm/helium/hub/cache";
import { shippedModels, type ShippedModel } from "@helium-lm/helium/sources";
import type { CommandLine } from "../options/command-line.ts";
import { shippedHere } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatBytes, formatCount } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";
import { alignColumns } from "../terminal/text-layout.ts";

type ModelsLine = CommandLine<SharedOptions & { readonly names: boolean }>;

export async function runModels({ options, positionals }: ModelsLine, io: CliIo): Promise<void> {
  if (positionals.length > 0 || options.model !== undefined)
    throw new UsageError("helium models", "does not take arguments; helium inspect shows one model");
  const repos = await listCache({ env: io.env });
  if (options.names) {
    const small = await shippedNames(io);
    for (const name of [...repos.map(({ repo }) => repo), ...small]) io.stdout.write(`${printable(name)}\n`);
    return;
  }
  if (options.json) {
    io.stdout.write(`${JSON.stringify(repos)}\n`);
    return;
  }
  for (const line of alignColumns([...repos.flatMap(rows), ...(await shippedRows(io))]))
    io.stdout.write(`${printable(line.trimEnd())}\n`);
  const total = repos.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = `${formatCount(repos.length)} model${repos.length === 1 ? "" : "s"}`;
  io.stderr.write(`${count}, ${formatBytes(total)}\n`);
}

/** Names of the small models that are installed. */
async function shippedNames(io: Pick<CliIo, "program">): Promise<string[]> {
  const names = Object.keys(shippedModels) as ShippedModel[];
  const folders = await Promise.all(names.map((name) => shippedHere(name, io)));
  return names.filter((_, at) => folders[at] !== null);
}

/** A line for each small model that goes with the library. */
async function shippedRows(io: Pick<CliIo, "program">): Promise<string[][]> {
  const rows = Object.entries(shippedModels).map(async ([name, packageName]) => {
    const folder = await shippedHere(name as ShippedModel, io);
    const size = folder === null ? "" : formatBytes((await stat(join(folder, "model.safetensors"))).size);
    return [name, size, folder === null ? `not installed: npm install ${packageName}` : `of ${packageName}`];
  });
  return Promise.all(rows);
}

/** A line for the model, then one for each revision. */
function rows({ repo, bytes, unfinishedBytes, revisions }: CachedRepo): string[][] {
  const unfinished = unfinishedBytes > 0 ? `${formatBytes(unfinishedBytes)} not finished` : "";
  return [
    [repo, formatBytes(bytes), unfinished],
    ...revisions.map(({ commit, refs, files, bytes: size }) => [
      `  ${commit.slice(0, 12)}`,
      formatBytes(size),
      [`${formatCount(files)} files`, ...refs].join(", "),
    ]),
  ];
}
