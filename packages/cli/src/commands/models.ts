import { defineCommand } from "../command.ts";
import { flag, perCall } from "../options/option-table.ts";

export const models = defineCommand({
  name: "models",
  operands: "",
  summary: "list cached models, and the small ones of this project",
  details: `Lists the models that were downloaded from the hub, by this or another program, with their revisions and sizes; files
that revisions share count once. The small models that are published with this library follow, with their packages. With
--json, one list of the cached models is printed: [{"repo", "folder", "bytes", "unfinishedBytes", "revisions": [{"commit",
"refs", "files", "bytes"}, …]}, …].`,
  examples: [
    ["helium models", "names, revisions and sizes"],
    ["helium models --json", "the same as JSON"],
  ],
  options: { names: perCall(flag("print only names, one a line, as other commands take them")) },
  without: ["model", "backend", "gpujsMode", "codegen", "threads"],
  run: async (given, io) => (await import("../runs/run-models.ts")).runModels(given, io),
});
