import { fileURLToPath } from "node:url";
import { packageFolder, packageVersion } from "../installed.ts";
import { LineProcess } from "../line-process.ts";
import type { Contender } from "../player.ts";

/** The same libraries through the API that Node programs use. */
export const nodeLlamaCpp: Contender = {
  name: "node-llama-cpp API",
  version: () => `node-llama-cpp ${packageVersion("node-llama-cpp")}`,
  start: async ({ path, threads, context, vocab }) => {
    packageFolder("node-llama-cpp");
    const child = fileURLToPath(new URL("node-llama-cpp-child.ts", import.meta.url));
    return LineProcess.start(process.execPath, [
      ...process.execArgv,
      child,
      path,
      String(threads),
      String(context),
      String(vocab),
    ]);
  },
};
