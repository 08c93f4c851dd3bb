/** docs/parity.md, from docs/parity.json (`node scripts/tables/parity-table.ts`) and docs/parity-soak.json (`npm run soak -- parity`). */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import type { LogitDifference, ModuleKind } from "../../packages/helium/src/parity/index.ts";
import type { MatrixDType } from "../../packages/nn/src/weights/matrix-dtypes.ts";
import { soakSection } from "./soak-section.ts";
import type { SoakSummary } from "./summary.ts";

/** A fixture model on one backend, in one dtype. */
export interface ParityRow {
  readonly model: string;
  readonly backend: string;
  readonly dtype: MatrixDType;
  /** The largest relative difference of a module of each kind, on the reference's own input. */
  readonly farthest: Partial<Record<ModuleKind, number>>;
  /** The largest relative difference of a hidden state of the whole pass. */
  readonly hidden: number;
  readonly logits: LogitDifference;
}

export interface ParityTable {
  readonly versions: string;
  readonly rows: readonly ParityRow[];
}

const docs = new URL("../../docs/", import.meta.url);
const kinds: readonly ModuleKind[] = ["embedding", "norm", "linear", "attention", "mlp", "block"];

/** Writes the page from what the two files hold. */
export async function writeParityPage(): Promise<void> {
  const table = JSON.parse(readFileSync(new URL("parity.json", docs), "utf8")) as ParityTable;
  const soak = new URL("parity-soak.json", docs);
  const page = [
    "# Parity with transformers",
    "",
    ...(existsSync(soak) ? soakSection(JSON.parse(readFileSync(soak, "utf8")) as SoakSummary) : []),
    ...moduleSection(table),
    "",
  ].join("\n");
  writeFileSync(new URL("parity.md", docs), await format(page, { parser: "markdown", printWidth: 120 }));
}

const short = (value: number | undefined): string =>
  value === undefined ? "–" : value === 0 ? "0" : value.toExponential(1);

function moduleSection({ versions, rows }: ParityTable): readonly string[] {
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
  return [
    "## Module by module",
    "",
    "Written by `node scripts/tables/parity-table.ts` from the dumps in `fixtures/parity` (made by",
    `\`scripts/reference/dump_reference.py --fixtures\` with ${versions}, float32). \`helium parity\` makes the same for any model.`,
    "",
    "The columns from embedding to block hold the largest relative difference `‖ours − theirs‖ / ‖theirs‖` of a module of that",
    "kind, each run on the reference's own input, so that errors do not add up. Hidden states and logits are of whole passes:",
    "their largest relative difference, the largest difference of a logit, the cosine of all logits, the share of positions",
    "with the same first choice, and the mean divergence KL(reference ‖ here) in nats. The weights are random, which is the",
    "hardest case for few bits: no direction is redundant, and the logits of most positions nearly tie.",
    "",
    ...table,
  ];
}
