import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "tsup";
import { engineWorkerPlugin } from "../packages/helium/build/engine-worker.ts";

/** A leaf of `exports`: `{ browser?: { types, import, require }, import: { types, default }, require: { types, default } }`. */
interface Conditions {
  /** What stands in a page for code that needs Node; its types are those of the other. */
  readonly browser?: { readonly import: string };
  readonly import: { readonly types: string; readonly default: string };
}

export interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, Conditions | string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** `./dist/io/node.js` → `io/node` */
const entryName = (output: string): string => output.replace(/^\.\/dist\/|\.js$/g, "");

/** The names of the counterparts for pages. */
const pageEntriesOf = (manifest: PackageJson): string[] =>
  Object.values(manifest.exports).flatMap((leaf) =>
    typeof leaf === "string" || !leaf.browser ? [] : [entryName(leaf.browser.import)],
  );

/** The names, relative to `src/` and without `.ts`, of all files that `exports` and `bin` of a package.json promise. */
export const entriesOf = (manifest: PackageJson): string[] => {
  const library = Object.values(manifest.exports).filter((leaf) => typeof leaf !== "string");
  const outputs = [...library.map((leaf) => leaf.import.default), ...Object.values(manifest.bin ?? {})];
  return [...new Set(outputs.map(entryName))];
};

/**
 * The tsup configuration of the package whose `tsup.config.ts` has the given `import.meta.url`: ESM, CJS and types for
 * each entry of its package.json. `using` is down-levelled by the target, so the output runs on Node 20.
 */
export const packageBuild = (configUrl: string): ReturnType<typeof defineConfig> => {
  const packageRoot = fileURLToPath(new URL("./", configUrl));
  const manifest = JSON.parse(readFileSync(`${packageRoot}package.json`, "utf8")) as PackageJson;
  const entries = entriesOf(manifest).filter((name) => existsSync(`${packageRoot}src/${name}.ts`));
  if (entries.length === 0) return [];
  const files = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));
  return defineConfig({
    entry: files([...entries, ...pageEntriesOf(manifest)]),
    format: ["esm", "cjs"],
    // CJS too: without shared chunks each subpath would carry its own copy of the classes, and `instanceof` would fail.
    splitting: true,
    dts: { entry: files(entries) },
    clean: true,
    // The code is not minified and keeps its names: maps would more than double what every installation fetches.
    sourcemap: false,
    silent: true,
    target: "es2022",
    platform: "node",
    removeNodeProtocol: false,
    esbuildPlugins: [engineWorkerPlugin],
  });
};
