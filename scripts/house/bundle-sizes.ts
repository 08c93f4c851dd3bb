import { existsSync, readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { entriesOf, type PackageJson } from "../package-build.ts";

/** Bytes that an entry of a package adds to an app. */
export interface BundleSize {
  readonly entry: string;
  readonly min: number;
  readonly gzip: number;
}

/** Minified and gzipped bytes of every entry of the packages of a repository, without what other packages add. */
export async function bundleSizes(root: string): Promise<readonly BundleSize[]> {
  const rows: BundleSize[] = [];
  for (const name of readdirSync(`${root}packages`)) {
    const packageRoot = `${root}packages/${name}/`;
    if (!existsSync(`${packageRoot}package.json`)) continue;
    const manifest = JSON.parse(readFileSync(`${packageRoot}package.json`, "utf8")) as PackageJson;
    for (const entry of entriesOf(manifest)) {
      const source = `${packageRoot}src/${entry}.ts`;
      if (!existsSync(source)) continue;
      const { outputFiles, metafile } = await build({
        entryPoints: [source],
        absWorkingDir: resolve(root),
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        target: "es2022",
        platform: "node",
        // By their names alone: the paths of the repository's tsconfig.json would lead to their sources.
        tsconfigRaw: "{}",
        packages: "external",
        metafile: true,
      });
      const foreign = Object.keys(metafile.inputs).find((file) => !resolve(root, file).startsWith(packageRoot));
      if (foreign !== undefined) throw new Error(`size: ${manifest.name}: ${entry} counts ${foreign} in`);
      const bytes = outputFiles[0]?.contents ?? new Uint8Array();
      rows.push({ entry: `${manifest.name}: ${entry}`, min: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length });
    }
  }
  return rows;
}
