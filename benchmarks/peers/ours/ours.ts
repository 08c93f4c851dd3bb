import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../line-process.ts";
import type { Contender } from "../player.ts";

/** Ours in Node: the wasm backend through the public API. */
export const ours: Contender = {
  name: "helium-lm",
  version: () => {
    const file = fileURLToPath(new URL("../../../packages/helium/package.json", import.meta.url));
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
    return `@helium-lm/helium ${version}, wasm backend`;
  },
  start: async ({ path, threads, vocab, context }) => {
    const child = fileURLToPath(new URL("ours-child.ts", import.meta.url));
    return LineProcess.start(process.execPath, [
      ...process.execArgv,
      child,
      path,
      ...[threads, vocab, context].map(String),
    ]);
  },
};
