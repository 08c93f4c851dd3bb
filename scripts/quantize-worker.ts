/**
 * Bundles what quantises in a worker into a text, so that no file has to be hosted or found by a bundler:
 * `node scripts/quantize-worker.ts` writes it, `--check` fails where the committed one differs from what the sources give.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL("../packages/tensor/src/quant/parallel/", import.meta.url));
const output = `${folder}generated/quantize-worker.ts`;

const { outputFiles } = await build({
  entryPoints: [`${folder}worker-entry.ts`],
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  globalName: "quantizeWorker",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
});
const bundle = (outputFiles[0]?.text ?? "").trim();
const main = `(listen, send) => { ${bundle} quantizeWorker.main(listen, send); }`;
const text = `// Written by scripts/quantize-worker.ts from worker-entry.ts.\nexport const quantizeWorker =\n  ${JSON.stringify(main)};\n`;

if (process.argv.includes("--check")) {
  if (readFileSync(output, "utf8") !== text) {
    console.error("quantize-worker: differs from its sources; run node scripts/quantize-worker.ts and commit");
    process.exitCode = 1;
  }
} else {
  writeFileSync(output, text);
  console.log(`quantize-worker: ${main.length} characters`);
}
