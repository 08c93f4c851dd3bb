import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cacheFolder } from "../cache-folder.ts";
import { packageFolder, packageVersion } from "../installed.ts";
import { LineProcess } from "../line-process.ts";
import type { Contender } from "../player.ts";
import { ours } from "./ours.ts";

/** The oldest Node that is supported, as installed beside the peers. */
const PACKAGE = "node20";

/** Ours on Node 20, whose V8 has relaxed SIMD behind a flag; reported, not held to bars. */
export const oursOnNode20: Contender = {
  name: "helium-lm on Node 20",
  version: () => `${ours.version()}, Node ${packageVersion(PACKAGE)}`,
  start: async ({ path, threads, vocab, context }) => {
    const node = join(packageFolder(PACKAGE), "bin", "node");
    const folder = join(cacheFolder, "node20");
    mkdirSync(folder, { recursive: true });
    // Node 20 reads no TypeScript.
    await build({
      entryPoints: { "ours-child": fileURLToPath(new URL("ours-child.ts", import.meta.url)) },
      ...{ outdir: folder, outExtension: { ".js": ".mjs" }, splitting: true },
      ...{ bundle: true, format: "esm", platform: "node", target: "node20", logLevel: "error" },
      external: ["gpu.js", "webgpu"],
    });
    const child = join(folder, "ours-child.mjs");
    return LineProcess.start(node, [child, path, ...[threads, vocab, context].map(String)]);
  },
};
