import { pullModel } from "@helium-lm/helium";
import { defineCommand } from "../command.ts";
import { hubAccess, hubOperand } from "../options/model-location.ts";
import { flag } from "../options/option-table.ts";
import { formatBytes, formatCount, formatDuration } from "../terminal/quantities.ts";
import { printable } from "../terminal/style.ts";

export const pull = defineCommand({
  name: "pull",
  operands: "<org>/<name>[@revision][:file.gguf]",
  summary: "download a model from the hub into the cache",
  details: `Downloads the files that are needed to load a model, checks each against the hash that the hub lists, and keeps them in
the cache, which is shared with Hugging Face's Python tools. An interrupted download continues where it stopped. Other
commands download what they need by themselves. If a repository has several GGUF files, add the name of one. The settings
are those of the Python tools: HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, HF_ENDPOINT. With --json, one object is
printed: {"model", "commit", "tensors", "fetched": {"files", "bytes"}, "seconds"}.

  helium pull kyutai/helium-1-preview-2b
  helium pull acme/model-GGUF:Q4_K_M`,
  options: { verify: flag("check the hashes of cached files, and download damaged ones again") },
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async ({ options, positionals }, io) => {
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
  },
});
