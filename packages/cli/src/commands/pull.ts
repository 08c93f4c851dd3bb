import { defineCommand } from "../command.ts";
import { flag, perCall } from "../options/option-table.ts";

export const pull = defineCommand({
  name: "pull",
  operands: "<org>/<name>[@revision][:file.gguf]",
  operandKinds: ["cached-model"],
  summary: "download a model from the hub into the cache",
  details: `Downloads the files that are needed to load a model, checks each against the hash that the hub lists, and keeps them in
the cache, which is shared with Hugging Face's Python tools. An interrupted download continues where it stopped. Other
commands download what they need by themselves. If a repository has several GGUF files, add the name of one. The settings
are those of the Python tools: HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE, HF_ENDPOINT. With --json, one object is
printed: {"model", "commit", "tensors", "fetched": {"files", "bytes"}, "seconds"}.`,
  examples: [
    ["helium pull kyutai/helium-1-preview-2b", "a model, all that loading it needs"],
    ["helium pull acme/model-GGUF:Q4_K_M", "one of several GGUF files"],
    ["helium pull kyutai/helium-1-preview-2b --verify", "a check of what is there already"],
  ],
  options: { verify: perCall(flag("check the hashes of cached files, and download damaged ones again")) },
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async (given, io) => (await import("../runs/run-pull.ts")).runPull(given, io),
});
