/**
 * `node scripts/tables/parity-table.ts`: compares every fixture model with its dump of transformers in fixtures/parity, on each
 * backend and dtype, and writes docs/parity.md and docs/parity.json.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import "../workspace-sources.ts";
import type { ModuleKind, ParityReport } from "../../packages/helium/src/parity/index.ts";
import type { MatrixDType } from "../../packages/nn/src/weights/matrix-dtypes.ts";
import type { ParityRow, ParityTable } from "../transformers-parity/page.ts";

const { createBackend } = await import("../../packages/tensor/src/index.ts");
const { loadModel } = await import("../../packages/helium/src/loading/load-model.ts");
const { writeParityPage } = await import("../transformers-parity/page.ts");
const { compareWithDump, ReferenceDump } = await import("../../packages/helium/src/parity/index.ts");

const folderOf = (model: string): string =>
  fileURLToPath(new URL(`../../fixtures/models/${model}/causal`, import.meta.url));

const backends = ["reference", "cpu", "wasm"] as const;
const dtypes: readonly MatrixDType[] = ["auto", "bf16", "q8_0"];

const folder = new URL("../../fixtures/parity/", import.meta.url);
const rows: ParityRow[] = [];
let versions = "";
for (const file of readdirSync(folder).sort()) {
  const model = file.replace(/\.safetensors$/, "");
  const dump = await ReferenceDump.fromBytes(readFileSync(new URL(file, folder)), file);
  versions = ["transformers", "torch"].map((name) => `${name} ${dump.metadata.get(name) ?? "?"}`).join(", ");
  for (const name of backends)
    for (const dtype of dtypes) {
      const backend = await createBackend(name);
      const loaded = await loadModel("causal-lm", folderOf(model), { backend, dtype });
      rows.push(rowOf(model, name, dtype, await compareWithDump(loaded, dump)));
      loaded.dispose();
      backend.dispose();
    }
  await dump.close();
}

function rowOf(
  model: string,
  backend: string,
  dtype: MatrixDType,
  { modules, layers, logits, skipped }: ParityReport,
): ParityRow {
  if (skipped.length > 0) throw new Error(`${model}: not compared: ${skipped.join(", ")}`);
  const farthest: Partial<Record<ModuleKind, number>> = {};
  for (const { kind, relative } of modules) farthest[kind] = Math.max(farthest[kind] ?? 0, relative);
  return { model, backend, dtype, farthest, hidden: Math.max(...layers.map(({ relative }) => relative)), logits };
}

const table: ParityTable = { versions, rows };
const json = JSON.stringify(table);
writeFileSync(
  new URL("../../docs/parity.json", import.meta.url),
  await format(json, { parser: "json", printWidth: 120 }),
);
await writeParityPage();
console.log(`wrote docs/parity.md and docs/parity.json: ${rows.length} rows`);
