/** `node scripts/tables/kv-table.ts [--check]`: writes docs/kv-cache.md from benchmarks/results, or says whether it is up to date. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { kvPage, type KvDivergences } from "../../benchmarks/kv-table.ts";
import type { Report } from "../../benchmarks/report.ts";

const results = new URL("../../benchmarks/results/", import.meta.url);
const page = new URL("../../docs/kv-cache.md", import.meta.url);

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, results), "utf8"));
const speed = existsSync(new URL("kv-speed.json", results)) ? (read("kv-speed.json") as Report) : null;
const text = kvPage(read("kv-dtypes.json") as KvDivergences, speed);
const formatted = await format(text, { ...(await resolveConfig(page)), parser: "markdown" });
if (!process.argv.includes("--check")) writeFileSync(page, formatted);
else if (readFileSync(page, "utf8") !== formatted) {
  console.error("docs/kv-cache.md is not up to date; run node scripts/tables/kv-table.ts");
  process.exitCode = 1;
}
