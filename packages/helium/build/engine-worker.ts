/**
 * The text of what an engine's worker runs: a bundle of worker-entry.ts and of all it imports. Builds, tests and bundles of
 * pages put it in place of the null in worker-text.ts, so that no file has to be hosted or found by a bundler.
 */
import { build, type Plugin } from "esbuild";
import { packages, packageSources } from "./package-sources.ts";

const folder = `${packages}helium/src/engine/worker/`;

/** The file whose content `workerTextModule` is. */
export const isWorkerText = /[\\/]engine[\\/]worker[\\/]worker-text\.ts$/;

let text: Promise<string> | null = null;

/** `(listen, send) => void`. Node's modules are had where they are used: a page's worker never gets there. */
async function workerText(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${folder}worker-entry.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    globalName: "engineWorker",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "error",
    external: ["node:*", "gpu.js", "webgpu"],
    plugins: [packageSources],
  });
  const bundle = (outputFiles[0]?.text ?? "").trim();
  const require = "(id) => (globalThis.process?.getBuiltinModule ?? globalThis.require)(id)";
  return `(listen, send) => { const require = ${require}; ${bundle} engineWorker.main(listen, send); }`;
}

/** The module that stands in for worker-text.ts; bundled once in a process. */
export async function workerTextModule(): Promise<string> {
  text ??= workerText();
  return `export const workerText = ${JSON.stringify(await text)};\n`;
}

/** For esbuild, and what is built on it. */
export const engineWorkerPlugin: Plugin = {
  name: "helium-lm-engine-worker",
  setup: (bundler) =>
    bundler.onLoad({ filter: isWorkerText }, async () => ({ contents: await workerTextModule(), loader: "js" })),
};
