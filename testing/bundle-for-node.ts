import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { engineWorkerPlugin } from "../packages/helium/build/engine-worker.ts";
import { packageSources } from "../packages/helium/build/package-sources.ts";
import { root } from "./repository.ts";

/** How long a program is kept. Workers of vitest end without a word, so nobody else removes it. */
const DAY_MS = 86_400_000;

/**
 * Bundles a program for Node 20 as tsup does for the package, below the package of its source so that what that depends on
 * is found. Returns the path of the program, in a folder of its own: test files that run side by side bundle one source.
 */
export async function bundleForNode(source: string, format: "esm" | "cjs"): Promise<string> {
  const packageName = /[\\/]packages[\\/](\w+)[\\/]/.exec(source)?.[1] ?? "helium";
  const folder = join(root, "packages", packageName, ".cache", "test");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (age > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
  const directory = mkdtempSync(join(folder, "program-"));
  const outfile = join(directory, format === "esm" ? "program.mjs" : "program.cjs");
  await build({
    entryPoints: [source],
    outfile,
    format,
    bundle: true,
    platform: "node",
    target: "es2022",
    sourcemap: "inline",
    // CommonJS that calls `require`, which a bundle in ESM has not; they are installed beside the package anyway.
    external: ["pino", "@fastify/busboy", "bullmq", "ioredis"],
    plugins: [packageSources, engineWorkerPlugin],
  });
  return outfile;
}
