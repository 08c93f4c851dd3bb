import { createRequire } from "node:module";
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { next } from "./next.ts";

/** Bundles `page.js` and `helium-worker.js` of a folder, with the settings that the bundler's guide begins with. */
export type Bundler = (folder: string, output: string) => Promise<void>;

export interface BundlerSettings {
  /** Minifying takes most of the time. esbuild, which is fast, always does it. */
  readonly minify: boolean;
  /** Folder with a package.json, in which those lie that only the long form installs. */
  readonly extras: string;
}

/** What webpack and rspack have in common. */
interface WebpackStats {
  hasErrors(): boolean;
  toString(options: object): string;
}
type Webpack = (options: object, done: (error: Error | null, stats?: WebpackStats) => void) => unknown;

const webpackLike =
  (load: () => Webpack, minimize: boolean): Bundler =>
  (folder, output) =>
    new Promise((resolve, reject) => {
      const options = {
        mode: "production",
        context: folder,
        entry: "./page.js",
        optimization: { minimize },
        output: { path: output, filename: "page.js" },
      };
      load()(options, (error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString({ all: false, errors: true })));
        else resolve();
      });
    });

/** The part of Vite that is used. */
interface Vite {
  readonly build: (options: object) => Promise<unknown>;
}

const viteLike =
  (name: string, minify: boolean): Bundler =>
  async (folder, output) => {
    const { build } = (await import(name)) as Vite;
    await build({
      root: folder,
      base: "./",
      logLevel: "error",
      build: { outDir: output, emptyOutDir: true, reportCompressedSize: false, ...(!minify && { minify }) },
      // The one setting that is ours: a worker that loads parts when it needs them is a module (docs/pages.md).
      worker: { format: "es" },
    });
  };

/** Name → bundler. */
export function bundlersOf({ minify, extras }: BundlerSettings): Readonly<Record<string, Bundler>> {
  const more = createRequire(join(extras, "package.json"));
  return {
    esbuild: async (folder, output) => {
      await esbuild({
        entryPoints: [join(folder, "page.js"), join(folder, "helium-worker.js")],
        outdir: output,
        bundle: true,
        minify: true,
        splitting: true,
        format: "esm",
        logLevel: "error",
      });
    },
    webpack: webpackLike(() => createRequire(import.meta.url)("webpack") as Webpack, minify),
    "vite 7": viteLike("vite7", minify),
    "vite 8": viteLike("vite", minify),
    "next webpack": next(extras, "webpack"),
    "next turbopack": next(extras, "turbopack"),
    rspack: webpackLike(() => (more("@rspack/core") as { readonly rspack: Webpack }).rspack, minify),
  };
}
