/**
 * `node scripts/parity-table.ts`: compares every fixture model with its dump of transformers in fixtures/parity, on each
 * backend and dtype, and writes docs/parity.md and docs/parity.json.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import "./workspace-sources.ts";
import type { LogitDifference, ModuleKind, ParityReport } from "../packages/helium/src/parity/index.ts";
import type { MatrixDType } from "../packages/nn/src/weights.ts";

const { createBackend } = await import("../packages/tensor/src/index.ts");
const { loadModel } = await import("../packages/helium/src/load.ts");
const { compareWithDump, ReferenceDump } = await import("../packages/helium/src/parity/index.ts");

const folderOf = (model: string): string =>
  fileURLToPath(new URL(`../fixtures/models/${model}/causal`, import.meta.url));

const backends = ["reference", "cpu", "wasm"] as const;
const dtypes: readonly MatrixDType[] = ["auto", "bf16", "q8_0"];

interface Row {
  readonly model: string;
  readonly backend: string;
  readonly dtype: MatrixDType;
  /** The largest relative difference of a module of each kind, on the reference's own input. */
  readonly farthest: Partial<Record<ModuleKind, number>>;
  /** The largest relative difference of a hidden state of the whole pass. */
  readonly hidden: number;
  readonly logits: LogitDifference;
}

const folder = new URL("../fixtures/parity/", import.meta.url);
const rows: Row[] = [];
let versions = "";
for (const file of readdirSync(folder).sort()) {
  const model = file.replace(/\.safetensors$/, "");
  const dump = await ReferenceDump.fromBytes(readFileSync(new URL(file, folder)), file);
  versions = ["transformers", "torch"].map((name) => `${name} ${dump.facts.get(name) ?? "?"}`).join(", ");
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
): Row {
  if (skipped.length > 0) throw new Error(`${model}: not compared: ${skipped.join(", ")}`);
  const farthest: Partial<Record<ModuleKind, number>> = {};
  for (const { kind, relative } of modules) farthest[kind] = Math.max(farthest[kind] ?? 0, relative);
  return { model, backend, dtype, farthest, hidden: Math.max(...layers.map(({ relative }) => relative)), logits };
}

const kinds: readonly ModuleKind[] = ["embedding", "norm", "linear", "attention", "mlp", "block"];
const short = (value: number | undefined): string =>
  value === undefined ? "–" : value === 0 ? "0" : value.toExponential(1);

const table = [
  ["model", "backend", "dtype", ...kinds, "hidden states", "logits: max abs", "cosine", "first choice", "KL"],
  Array.from({ length: 14 }, () => "---"),
  ...rows.map(({ model, backend, dtype, farthest, hidden, logits }) => [
    ...[model, backend, dtype === "auto" ? "as stored" : dtype],
    ...kinds.map((kind) => short(farthest[kind])),
    ...[short(hidden), short(logits.maxAbs), logits.cosine.toFixed(7), `${(100 * logits.top1).toFixed(0)} %`],
    short(logits.kl),
  ]),
].map((cells) => `| ${cells.join(" | ")} |`);

const page = [
  "# Parity with transformers",
  "",
  "Written by `node scripts/parity-table.ts` from the dumps in `fixtures/parity` (made by",
  `\`scripts/reference/dump_reference.py --fixtures\` with ${versions}, float32). \`helium parity\` makes the same for any model.`,
  "",
  "The columns from embedding to block hold the largest relative difference `‖ours − theirs‖ / ‖theirs‖` of a module of that",
  "kind, each run on the reference's own input, so that errors do not add up. Hidden states and logits are of whole passes:",
  "their largest relative difference, the largest difference of a logit, the cosine of all logits, the share of positions",
  "with the same first choice, and the mean divergence KL(reference ‖ here) in nats. The weights are random, which is the",
  "hardest case for few bits: no direction is redundant, and the logits of most positions nearly tie.",
  "",
  ...table,
  "",
].join("\n");
writeFileSync(
  new URL("../docs/parity.md", import.meta.url),
  await format(page, { parser: "markdown", printWidth: 120 }),
);
const json = JSON.stringify({ versions, rows });
writeFileSync(new URL("../docs/parity.json", import.meta.url), await format(json, { parser: "json", printWidth: 120 }));
console.log(`wrote docs/parity.md and docs/parity.json: ${rows.length} rows`);
