// Packs the built packages, unpacks them as an installation would and imports every subpath as ESM and as CJS on the
// Node that runs this script, then installs them with npm and runs the command: promises that the test run, which reads sources
// on Node 24, cannot keep.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../toolchain.mjs";
import { unpackPackages } from "./unpack.mjs";

/** Subpaths that import vitest, which needs a newer Node than the packages do. */
const testTools = new Set(["./testing", "./conformance"]);

const { folder: sandbox, manifests, archives, bytes } = unpackPackages("smoke");

const importer = join(sandbox, "index.mjs");
writeFileSync(importer, "export const load = (id) => import(id);\n");
const { load } = await import(pathToFileURL(importer).href);
const require = createRequire(importer);

let imported = 0;
/** Milliseconds that the command's help takes. */
let helpMs = 0;
for (const { name, exports, bin } of manifests) {
  const files = readdirSync(join(sandbox, "node_modules", name), { recursive: true, encoding: "utf8" });
  for (const file of ["README.md", "LICENSE"])
    if (!files.includes(file)) throw new Error(`${name}: the tarball has no ${file}`);
  const map = files.find((file) => file.endsWith(".map"));
  if (map !== undefined) throw new Error(`${name}: the tarball has ${map}; the code is readable without maps`);
  for (const [subpath, conditions] of Object.entries(exports)) {
    if (typeof conditions === "string" || testTools.has(subpath)) continue;
    const id = name + subpath.slice(1);
    const missing = [conditions.import.types, conditions.require.types].filter(
      (file) => !existsSync(join(sandbox, "node_modules", name, file)),
    );
    if (missing.length > 0) throw new Error(`${id}: no types at ${missing.join(", ")}; add the entry's source`);
    const esm = Object.keys(await load(id)).filter((key) => key !== "default");
    const cjs = Object.keys(require(id)).filter((key) => key !== "default");
    if (esm.sort().join() !== cjs.sort().join()) throw new Error(`${id}: ESM exports ${esm}, CJS exports ${cjs}`);
    imported += 1;
  }
  for (const file of Object.values(bin ?? {})) {
    const start = performance.now();
    execFileSync(process.execPath, [join(sandbox, "node_modules", name, file), "--help"], { stdio: "ignore" });
    helpMs = Math.round(performance.now() - start);
  }
}

// A worker's code is a text in the package. An idle worker keeps no process alive: this script ends though none is disposed.
const { greedy } = JSON.parse(readFileSync(join(root, "models", "helium-nano", "expected.json"), "utf8"));
const [{ prompt, input_ids: inputIds, sequence, text }] = greedy;
for (const helium of [await load("@helium-lm/helium"), require("@helium-lm/helium")]) {
  const worker = await helium.createEngineWorker(join(root, "models", "helium-nano"), { threads: 1 });
  const { ids } = await worker.submit({ inputIds, maxNewTokens: 8 }).result;
  if (ids.join() !== sequence.slice(inputIds.length, inputIds.length + 8).join())
    throw new Error(`createEngineWorker: wrote ${ids}; expected ${sequence.slice(inputIds.length)}`);
}

// As a user has it: an empty folder, npm and the tarballs.
const project = mkdtempSync(join(tmpdir(), "helium-smoke-"));
try {
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const npm = (...args) => execFileSync("npm", args, { cwd: project, encoding: "utf8" });
  npm("install", ...quiet, "--ignore-scripts", "--prefer-offline", ...archives);
  const npx = (...args) => npm("exec", "--no", "--", ...args);
  const { version } = manifests.find(({ bin }) => bin);
  for (const program of ["helium-lm", "helium"])
    if (npx(program, "--version") !== `${version}\n`) throw new Error(`${program} --version: is not ${version}`);
  const model = join(root, "models", "helium-nano");
  const written = npx("helium-lm", "generate", prompt, "--model", model, "--greedy", "--max-new-tokens", "8");
  if (!text.startsWith(written.trimEnd())) throw new Error(`helium-lm generate: wrote ${written}; expected ${text}`);
  // BullMQ and ioredis are for whoever wants them.
  const worker = spawnSync("npm", ["exec", "--no", "--", "helium", "worker", "--redis", "redis://127.0.0.1:1"], {
    ...{ cwd: project, encoding: "utf8" },
  });
  if (!worker.stderr.includes("redis: needs the packages bullmq and ioredis; install them beside this one"))
    throw new Error(`helium worker: said ${worker.stderr}; expected which packages it needs`);
} finally {
  rmSync(project, { recursive: true, force: true });
}

console.log(`smoke: ${imported} subpaths import as ESM and CJS on Node ${process.versions.node}; help in ${helpMs} ms`);
const sizes = Object.entries(bytes).map(([name, size]) => `${name} ${Math.round(size / 1000)} kB`);
console.log(`smoke: tarballs: ${sizes.join(", ")}`);
