import { formatHubId } from "@helium-lm/helium";
import { removeFromCache } from "@helium-lm/helium/hub/cache";
import { defineCommand } from "../command.ts";
import { hubOperand } from "../options/model-location.ts";
import { formatBytes } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";
import { UsageError } from "../options/option-table.ts";

const subject = "helium rm";

export const rm = defineCommand({
  name: "rm",
  operands: "<org>/<name>[@revision]",
  summary: "remove a model from the cache",
  details: `Removes a downloaded model from the cache. With a branch, a tag or the start of a commit hash, only that revision is
removed, and the files that no other revision uses. Models in your own folders are never touched. With --json, one object
is printed: {"model", "bytes"}, with the number of bytes that were freed.

  helium rm kyutai/helium-1-preview-2b`,
  options: {},
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async ({ options, positionals }, io) => {
    const id = hubOperand(subject, positionals, options.model);
    if (id.file !== undefined) throw new UsageError(subject, "removes whole revisions; leave out the file");
    const bytes = await removeFromCache(id, { env: io.env });
    const model = formatHubId(id);
    io.stdout.write(
      options.json ? `${JSON.stringify({ model, bytes })}\n` : `${printable(model)}: ${formatBytes(bytes)} free\n`,
    );
  },
});
