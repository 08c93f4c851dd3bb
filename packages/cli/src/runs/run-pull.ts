import { pullModel } from "@helium-lm/helium";
import type { CommandLine } from "../options/command-line.ts";
import { hubAccess, hubOperand } from "../options/model-location.ts";
import type { SharedOptions } from "../options/shared-options.ts";
import type { CliIo } from "../terminal/cli-io.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

type PullLine = CommandLine<SharedOptions & { readonly verify: boolean }>;

export async function runPull({ options, positionals }: PullLine, io: CliIo): Promise<void> {
  const id = hubOperand("helium pull", positionals, options.model);
  const access = hubAccess(io, options);
  const start = performance.now();
  const pulled = await pullModel(id, { ...access.options, verify: options.verify }).finally(() => access.clear());
  const seconds = (performance.now() - start) / 1000;
  if (options.json) {
    io.stdout.write(`${JSON.stringify({ ...pulled, seconds })}\n`);
    return;
  }
  const { files, bytes } = pulled.fetched;
  const summary = [
    `commit ${pulled.commit.slice(0, 12)}`,
    `${formatCount(pulled.tensors)} tensors`,
    files === 0 ? "was in the cache" : `${formatCount(files)} files, ${formatBytes(bytes)} fetched`,
    formatDuration(seconds),
  ];
  io.stdout.write(`${printable(pulled.model)}: ${summary.join(" · ")}\n`);
}
