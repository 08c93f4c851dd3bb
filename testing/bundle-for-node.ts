import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { engineWorkerPlugin } from "../packages/helium/build/engine-worker.ts";
import { packageSources } from "../packages/helium/build/package-sources.ts";
import { root } from "./repository.ts";

/**
 * Bundles a program for Node 20 as tsup does for the package, below the package of its source so that what that depends on
 * is found. Returns the path of the program.
 */
export async function bundleForNode(source: string, format: "esm" | "cjs", folder: string): Promise<string> {
  const packageName = /[\\/]packages[\\/](\w+)[\\/]/.exec(source)?.[1] ?? "helium";
  const directory = join(root, "packages", packageName, ".cache", "test", folder);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const outfile = join(directory, format === "esm" ? "program.mjs" : "program.cjs");
  await build({
    entryPoints: [source],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "es2022",
    sourcemap: "inline",
    // CommonJS that calls `require`, which a bundle in ESM has not; it is a dependency of the package anyway.
    external: ["pino"],
    plugins: [packageSources, engineWorkerPlugin],
  });
  return outfile;
}
