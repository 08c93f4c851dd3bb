import { formatHubId } from "@helium-lm/helium";
import { removeFromCache } from "@helium-lm/helium/hub/cache";
import type { CommandLine } from "../options/command-line.ts";
import { hubOperand } from "../options/model-location.ts";
import { UsageError } from "../options/option-table.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatBytes } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

const subject = "helium rm";

export async function runRm({ options, positionals }: CommandLine<SharedOptions>, io: CliIo): Promise<void> {
  const id = hubOperand(subject, positionals, options.model);
  if (id.file !== undefined) throw new UsageError(subject, "removes whole revisions; leave out the file");
  const bytes = await removeFromCache(id, { env: io.env });
  const model = formatHubId(id);
  io.stdout.write(
    options.json ? `${JSON.stringify({ model, bytes })}\n` : `${printable(model)}: ${formatBytes(bytes)} free\n`,
  );
}
