import { defineCommand } from "../command.ts";

export const rm = defineCommand({
  name: "rm",
  operands: "<org>/<name>[@revision]",
  operandKinds: ["cached-model"],
  summary: "remove a model from the cache",
  details: `Removes a downloaded model from the cache. With a branch, a tag or the start of a commit hash, only that revision is
removed, and the files that no other revision uses. Models in your own folders are never touched. With --json, one object
is printed: {"model", "bytes"}, with the number of bytes that were freed.`,
  examples: [
    ["helium rm kyutai/helium-1-preview-2b", "all revisions of a model"],
    ["helium rm kyutai/helium-1-preview-2b@main", "one revision"],
  ],
  options: {},
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async (given, io) => (await import("../runs/run-rm.ts")).runRm(given, io),
});
