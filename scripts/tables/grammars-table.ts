/** `node scripts/tables/grammars-table.ts [--check]`: writes the table of docs/grammars.md, or says whether it is up to date. */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import type { GrammarsReport } from "../../benchmarks/grammars/grammars.bench.ts";
import { grammarsTable } from "../../benchmarks/grammars/grammars-table.ts";

const page = new URL("../../docs/grammars.md", import.meta.url);
const found = JSON.parse(
  readFileSync(new URL("../../benchmarks/results/grammars.json", import.meta.url), "utf8"),
) as GrammarsReport;
const [begin, end] = ["<!-- grammars: scripts/tables/grammars-table.ts -->", "<!-- /grammars -->"];
const text = readFileSync(page, "utf8");
const [before = "", rest = ""] = text.split(begin);
const after = rest.split(end)[1] ?? "";
const filled = `${before}${begin}\n\n${grammarsTable(found)}\n\n${end}${after}`;
const formatted = await format(filled, { ...(await resolveConfig(page)), parser: "markdown" });
if (!process.argv.includes("--check")) writeFileSync(page, formatted);
else if (text !== formatted) {
  console.error("docs/grammars.md is not up to date; run node scripts/tables/grammars-table.ts");
  process.exitCode = 1;
}
