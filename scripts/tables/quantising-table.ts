/** `node scripts/tables/quantising-table.ts [--check]`: writes the table of docs/eval.md, or says whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { QuantisingCost } from "../../benchmarks/accuracy/quantising.bench.ts";
import { quantisingTable } from "../../benchmarks/quantising-table.ts";

const page = new URL("../../docs/eval.md", import.meta.url);
const found = JSON.parse(
  readFileSync(new URL("../../benchmarks/results/quantising.json", import.meta.url), "utf8"),
) as QuantisingCost;
const [begin, end] = ["<!-- quantising: scripts/tables/quantising-table.ts -->", "<!-- /quantising -->"];
const text = readFileSync(page, "utf8");
const [before = "", rest = ""] = text.split(begin);
const after = rest.split(end)[1] ?? "";
const filled = `${before}${begin}\n\n${quantisingTable(found)}\n\n${end}${after}`;
const formatted = await format(filled, { ...(await resolveConfig(page)), parser: "markdown" });
if (!process.argv.includes("--check")) writeFileSync(page, formatted);
else if (text !== formatted) {
  console.error("docs/eval.md is not up to date; run node scripts/tables/quantising-table.ts");
  process.exitCode = 1;
}
