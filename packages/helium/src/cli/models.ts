import { listCache, type CachedRepo } from "../hub/node.ts";
import { defineCommand } from "./command.ts";
import { alignColumns, formatBytes, formatCount } from "./quantities.ts";
import { printable } from "./style.ts";
import { UsageError } from "./usage-error.ts";

export const models = defineCommand({
  name: "models",
  operands: "",
  summary: "list the models in the cache",
  details: `Lists the models that were fetched from the hub, by this program or another one, with their revisions and sizes. What
revisions share counts once in the size of the model. With --json one list is printed: [{"repo", "folder", "bytes",
"unfinishedBytes", "revisions": [{"commit", "refs", "files", "bytes"}, …]}, …].`,
  options: {},
  run: async ({ options, positionals }, io) => {
    if (positionals.length > 0)
      throw new UsageError("helium models", "takes no operands; helium inspect shows one model");
    const repos = await listCache({ env: io.env });
    if (options.json) {
      io.stdout.write(`${JSON.stringify(repos)}\n`);
      return;
    }
    for (const line of alignColumns(repos.flatMap(rows))) io.stdout.write(`${printable(line.trimEnd())}\n`);
    const total = repos.reduce((sum, { bytes }) => sum + bytes, 0);
    const count = `${formatCount(repos.length)} model${repos.length === 1 ? "" : "s"}`;
    io.stderr.write(`${count}, ${formatBytes(total)}\n`);
  },
});

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
