import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { engineWorkerPlugin } from "../../build/engine-worker.ts";

/** Root of the repository. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** `@helium-lm/x/sub` → its source, as in vitest.config.ts: a bundle needs no build before it. */
const packageSources: Plugin = {
  name: "package-sources",
  setup: (bundler) =>
    bundler.onResolve({ filter: /^@helium-lm\/(tensor|nn|helium)(\/|$)/ }, ({ path }) => {
      const [, name = "", ...subpath] = path.split("/");
      const base = join(root, "packages", name, "src", ...(subpath.length > 0 ? subpath : ["index"]));
      return { path: existsSync(`${base}.ts`) ? `${base}.ts` : join(base, "index.ts") };
    }),
};

/**
 * Bundles a program for Node 20 as tsup does for the package, below the package of its source so that what that depends on
 * is found. Returns the path of the program.
 */
export async function bundle(source: string, format: "esm" | "cjs", folder: string): Promise<string> {
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
    plugins: [packageSources, engineWorkerPlugin],
  });
  return outfile;
}
