import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { cacheFolder } from "../cache-folder.ts";
import { packageFolder, packageVersion } from "../installed.ts";

/** A major version of Node; those that do not run the benchmarks lie beside the peers as `node20` and `node22`. */
export type NodeMajor = number;

/** What runs the benchmarks. */
export const runningNode: NodeMajor = Number(process.versions.node.split(".")[0]);

/** @throws PeerMissing */
export function nodeVersion(major: NodeMajor): string {
  return major === runningNode ? process.versions.node : packageVersion(`node${major}`);
}

/** Command line that runs our player on a Node, without the player's own arguments. @throws PeerMissing */
export async function playerCommand(major: NodeMajor): Promise<readonly [node: string, ...args: string[]]> {
  const child = fileURLToPath(new URL("ours-child.ts", import.meta.url));
  if (major === runningNode) return [process.execPath, ...process.execArgv, child];
  return [join(packageFolder(`node${major}`), "bin", "node"), await bundled(child)];
}

/** The player as JavaScript: older Nodes read no TypeScript. */
async function bundled(child: string): Promise<string> {
  const folder = join(cacheFolder, "bundled");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: { "ours-child": child },
    ...{ outdir: folder, outExtension: { ".js": ".mjs" }, splitting: true },
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", logLevel: "error" },
    external: ["gpu.js", "webgpu"],
    plugins: [ownPackages],
  });
  return join(folder, "ours-child.mjs");
}

/** Finds our packages where this process does: built, or as sources. */
const ownPackages: Plugin = {
  name: "own-packages",
  setup: (bundler) => {
    bundler.onResolve({ filter: /^@helium-lm\// }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
  },
};
