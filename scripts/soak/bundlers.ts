/**
 * `npm run soak -- bundlers`: the packed packages in a page, by every common bundler, minified; sizes and problems go to
 * benchmarks/results/bundlers.json.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkBundles, tellReports } from "../packed/bundles.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Bundlers that are too large to be installed with the others. */
const extras = join(root, ".cache", "bundlers");
mkdirSync(extras, { recursive: true });
writeFileSync(join(extras, "package.json"), '{ "private": true }\n');
const large = ["@rspack/core@^2", "next@^16", "react@^19", "react-dom@^19"];
execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", ...large], {
  cwd: extras,
  stdio: "inherit",
});

const reports = await checkBundles(
  ["esbuild", "webpack", "vite 7", "vite 8", "rspack", "next webpack", "next turbopack"],
  {
    minify: true,
    extras,
  },
);
tellReports(reports);

const versionOf = (file: string): string =>
  (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
const versions = {
  ...Object.fromEntries(
    ["esbuild", "webpack", "vite7", "vite"].map((name) => [
      name,
      versionOf(join(root, "node_modules", name, "package.json")),
    ]),
  ),
  rspack: versionOf(join(extras, "node_modules", "@rspack", "core", "package.json")),
  next: versionOf(join(extras, "node_modules", "next", "package.json")),
};
writeFileSync(
  join(root, "benchmarks", "results", "bundlers.json"),
  `${JSON.stringify({ versions, reports }, null, 2)}\n`,
);
