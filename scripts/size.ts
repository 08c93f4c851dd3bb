/**
 * `npm run size`: minified and gzipped bytes that each subpath export adds to an app, with the other packages of this
 * repository left out, so that the rows of one package do not count another's.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entriesOf, type PackageJson } from "./package-build.ts";

const rows: { entry: string; min: number; gzip: number }[] = [];
for (const name of ["tensor", "nn", "helium", "cli"]) {
  const packageRoot = fileURLToPath(new URL(`../packages/${name}/`, import.meta.url));
  const manifest = JSON.parse(readFileSync(`${packageRoot}package.json`, "utf8")) as PackageJson;
  for (const entry of entriesOf(manifest)) {
    const source = `${packageRoot}src/${entry}.ts`;
    if (!existsSync(source)) continue;
    const { outputFiles, metafile } = await build({
      entryPoints: [source],
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      platform: "node",
      // By their names alone: the paths of this repository's tsconfig.json would lead to their sources.
      tsconfigRaw: "{}",
      packages: "external",
      metafile: true,
    });
    const foreign = Object.keys(metafile.inputs).find((file) => !resolve(file).startsWith(packageRoot));
    if (foreign !== undefined) throw new Error(`size: ${manifest.name}: ${entry} counts ${foreign} in`);
    const bytes = outputFiles[0]?.contents ?? new Uint8Array();
    rows.push({ entry: `${manifest.name}: ${entry}`, min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length });
  }
}
console.table(rows);
