// Packs the built packages, unpacks them as an installation would and imports every subpath as ESM and as CJS on the
// Node that runs this script: the one promise the test run, which reads sources on Node 24, cannot show.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../toolchain.mjs";
import { unpackPackages } from "./unpack.mjs";

/** Subpaths that import vitest, which needs a newer Node than the packages do. */
const testTools = new Set(["./testing", "./conformance"]);

const { folder: sandbox, manifests, bytes } = unpackPackages("smoke");

const importer = join(sandbox, "index.mjs");
writeFileSync(importer, "export const load = (id) => import(id);\n");
const { load } = await import(pathToFileURL(importer).href);
const require = createRequire(importer);

let imported = 0;
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
    execFileSync(process.execPath, [join(sandbox, "node_modules", name, file), "--help"], { stdio: "ignore" });
  }
}

// A worker's code is a text in the package. An idle worker keeps no process alive: this script ends though none is disposed.
const { greedy } = JSON.parse(readFileSync(join(root, "models", "helium-nano", "expected.json"), "utf8"));
const [{ input_ids: inputIds, sequence }] = greedy;
for (const helium of [await load("@helium-lm/helium"), require("@helium-lm/helium")]) {
  const worker = await helium.createEngineWorker(join(root, "models", "helium-nano"), { threads: 1 });
  const { ids } = await worker.submit({ inputIds, maxNewTokens: 8 }).result;
  if (ids.join() !== sequence.slice(inputIds.length, inputIds.length + 8).join())
    throw new Error(`createEngineWorker: wrote ${ids}; expected ${sequence.slice(inputIds.length)}`);
}

console.log(`smoke: ${imported} subpaths import as ESM and CJS on Node ${process.versions.node}`);
const sizes = Object.entries(bytes).map(([name, size]) => `${name} ${Math.round(size / 1000)} kB`);
console.log(`smoke: tarballs: ${sizes.join(", ")}`);
