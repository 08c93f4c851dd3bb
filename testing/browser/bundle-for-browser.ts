import { build, type Plugin } from "esbuild";
import { packageSources } from "../../packages/helium/build/package-sources.ts";

/** The parts for Node are loaded where they are used; a page never gets there. */
const partsForNode: Plugin = {
  name: "parts-for-node",
  setup: (bundler) =>
    bundler.onResolve({ filter: /^@helium-lm\/.*\/node$|^node:/ }, ({ path }) => ({ path, external: true })),
};

/**
 * One script for a page from a TypeScript entry. Minified, as an application's bundle would be: kernels must survive it.
 */
export async function bundleForBrowser(entry: string, plugins: readonly Plugin[] = []): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
    plugins: [partsForNode, packageSources, ...plugins],
  });
  return outputFiles[0]?.text ?? "";
}
