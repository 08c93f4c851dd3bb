import { build as bundle, type Plugin } from "esbuild";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../../", import.meta.url));

/** `@helium-lm/x/sub` → its source file, so that browser tests need no build. */
const sources: Plugin = {
  name: "helium-lm-sources",
  setup(build) {
    // The parts for Node are loaded where they are used; a page never gets there.
    build.onResolve({ filter: /^@helium-lm\/.*\/node$|^node:/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^@helium-lm\/(tensor|nn|helium)(\/|$)/ }, ({ path }) => {
      const [, name = "", ...rest] = path.split("/");
      const base = `${packages}${name}/src/${rest.length > 0 ? rest.join("/") : "index"}`;
      return { path: existsSync(`${base}.ts`) ? `${base}.ts` : `${base}/index.ts` };
    });
  },
};

/**
 * One script for a page from a TypeScript entry. Minified, as an application's bundle would be: kernels must survive it.
 */
export async function bundleForBrowser(entry: string, plugins: readonly Plugin[] = []): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
    plugins: [sources, ...plugins],
  });
  return outputFiles[0].text;
}
