/**
 * `node scripts/packed/bundles.ts [bundler …]`: bundles an application with the packed packages for a page and lets it write in a
 * headless Chromium: on the page's own thread with wasm's threads, with an engine in a worker, and both on webgpu; then without webgpu
 * under a Content-Security-Policy that allows workers of the page's own scripts alone. Default: esbuild, webpack and Vite 7.
 */
import { cpSync, readdirSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { findChromium, needsChromium, softwareGraphics } from "../../testing/browser/chromium.ts";
import { bundlersOf, type BundlerSettings } from "./bundlers.ts";
import { runPage, type PageRun } from "./run-page.ts";
import { unpackPackages } from "./unpack.mjs";

/** Bytes of the scripts of a bundle. */
export interface BundleSize {
  readonly files: number;
  readonly bytes: number;
  readonly gzip: number;
  /** Of the script that the page loads first. */
  readonly first: number;
}

/** What is known of one bundler after its pages have run. */
export interface BundleReport {
  readonly bundler: string;
  readonly seconds: number;
  readonly size: BundleSize;
  /** What was not as it should be; empty: all is well. */
  readonly problems: readonly string[];
}

const model = fileURLToPath(new URL("../../models/helium-nano/", import.meta.url));
const NEW_TOKENS = 8;
const SELF = "worker-src 'self'";

const { greedy } = JSON.parse(readFileSync(`${model}expected.json`, "utf8")) as {
  readonly greedy: readonly { readonly input_ids: readonly number[]; readonly sequence: readonly number[] }[];
};
const [{ input_ids: inputIds, sequence } = { input_ids: [], sequence: [] }] = greedy;
const ids = sequence.slice(inputIds.length, inputIds.length + NEW_TOKENS);

const refusedFolder = {
  isNodeOnly: true,
  message: /^\.\/a\/folder: is a path, and a page cannot read files by path/,
};
const noWorker = /no worker can be started here \(the page's Content-Security-Policy may lack worker-src blob:/;
const working = {
  isolated: true,
  auto: { name: "wasm" },
  page: { backend: "wasm", threads: 2, ids },
  worker: { backend: "wasm", ids },
  folder: refusedFolder,
};

const onCard = { backend: "webgpu", ids };

/** What each page shall tell. */
const pages: readonly (Pick<PageRun, "policy"> & {
  readonly hosted: boolean;
  readonly webgpu?: boolean;
  readonly expected: object;
})[] = [
  { policy: null, hosted: false, webgpu: true, expected: { ...working, cardInPage: onCard, cardInWorker: onCard } },
  { policy: SELF, hosted: true, expected: working },
  {
    policy: SELF,
    hosted: false,
    expected: {
      // One thread by itself, never another backend.
      auto: { name: "wasm", threads: 1 },
      page: { message: noWorker },
      worker: { message: /Content-Security-Policy may lack worker-src blob:/ },
    },
  },
];

/** Bundles with each bundler and runs the pages. */
export async function checkBundles(
  names: readonly string[],
  settings: BundlerSettings,
): Promise<readonly BundleReport[]> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error(needsChromium);
  const bundlers = bundlersOf(settings);
  const { folder } = unpackPackages("bundles");
  cpSync(fileURLToPath(new URL("page/", import.meta.url)), folder, { recursive: true });
  // Bundlers would else find this repository's, whose paths lead to the sources.
  writeFileSync(join(folder, "tsconfig.json"), "{}\n");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const browser = await chromium.launch({ executablePath, args: [...softwareGraphics] });
  const reports: BundleReport[] = [];
  try {
    for (const bundler of names) {
      const bundle = bundlers[bundler];
      if (!bundle)
        throw new Error(`bundles: unknown bundler ${bundler}; known are ${Object.keys(bundlers).join(", ")}`);
      const output = join(folder, "out", bundler.replace(" ", "-"));
      const start = performance.now();
      const problems: string[] = [];
      try {
        await bundle(folder, output);
        if (!readdirSync(output).includes("index.html")) cpSync(join(folder, "index.html"), join(output, "index.html"));
        for (const { policy, hosted, webgpu = false, expected } of pages) {
          const task = { inputIds, maxNewTokens: NEW_TOKENS, hosted, webgpu };
          const told = await runPage(browser, { folder: output, model, policy, task });
          problems.push(...differences(`${policy ?? "no policy"}${hosted ? ", own script" : ""}`, told, expected));
        }
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
      const seconds = Math.round((performance.now() - start) / 100) / 10;
      reports.push({ bundler, seconds, size: sizeOf(output), problems });
    }
  } finally {
    await browser.close();
  }
  return reports;
}

/** Where what was told is not what was expected; only what is expected is looked at. */
function differences(place: string, told: unknown, expected: unknown): string[] {
  if (expected instanceof RegExp)
    return expected.test(String(told)) ? [] : [`${place}: ${JSON.stringify(told)}; expected ${String(expected)}`];
  if (typeof expected !== "object" || expected === null || Array.isArray(expected))
    return isDeepStrictEqual(told, expected)
      ? []
      : [`${place}: ${JSON.stringify(told)}; expected ${JSON.stringify(expected)}`];
  const given = (told ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(expected).flatMap(([key, value]) => {
    if (key in given) return differences(`${place}: ${key}`, given[key], value);
    return [`${place}: ${JSON.stringify(told)} has no ${key}`];
  });
}

function sizeOf(folder: string): BundleSize {
  if (!existsSync(folder)) return { files: 0, bytes: 0, gzip: 0, first: 0 };
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.m?js$/.test(name))
    .map((name) => join(folder, name));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
  const first = files.find((name) => /(^|\/)(page|index-[\w-]+)\.js$/.test(name));
  return {
    files: files.length,
    bytes: sum(files.map((name) => statSync(name).size)),
    gzip: sum(files.map((name) => gzipSync(readFileSync(name)).length)),
    first: first ? statSync(first).size : 0,
  };
}

/** One line for each bundler, and one for each problem; the process fails where there is one. */
export function tellReports(reports: readonly BundleReport[]): void {
  for (const { bundler, seconds, size, problems } of reports) {
    const [all, first] = [size.bytes, size.first].map((bytes) => Math.round(bytes / 1000));
    console.log(
      `bundles: ${bundler}: ${problems.length} problems; ${size.files} scripts, ${all} kB, the first ${first} kB; ${seconds} s`,
    );
    for (const problem of problems) console.error(`  ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }
}

if (import.meta.main) {
  const named = process.argv.slice(2);
  const names = named.length > 0 ? named : ["esbuild", "webpack", "vite 7"];
  tellReports(await checkBundles(names, { minify: false, extras: process.cwd() }));
}
