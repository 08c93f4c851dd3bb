import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/** The folder of all packages. */
export const packages = fileURLToPath(new URL("../../", import.meta.url));

/** For esbuild: `@helium-lm/x/sub` → its source, as in vitest.config.ts, so that no package has to be built before another. */
export const packageSources: Plugin = {
  name: "helium-lm-sources",
  setup: (bundler) =>
    bundler.onResolve({ filter: /^@helium-lm\/(tensor|nn|helium|eval)(\/|$)/ }, ({ path }) => {
      const [, name = "", ...rest] = path.split("/");
      const base = `${packages}${name}/src/${rest.join("/") || "index"}`;
      return { path: existsSync(`${base}.ts`) ? `${base}.ts` : `${base}/index.ts` };
    }),
};
