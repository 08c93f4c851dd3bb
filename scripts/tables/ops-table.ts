/**
 * `node scripts/tables/ops-table.ts [--check]`: writes into docs/ops.md the ops that its table beside NumPy and PyTorch has not,
 * with the first sentence of their docstrings, or says whether the page is up to date.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { format } from "prettier";
import "../workspace-sources.ts";

const ops = await import("../../packages/tensor/src/ops/index.ts");

const page = new URL("../../docs/ops.md", import.meta.url);
const root = new URL("../../", import.meta.url);
const [start, end] = ["<!-- Written by scripts/tables/ops-table.ts. -->", "<!-- Up to here. -->"];

/** Exports that are no ops of their own. */
const others: readonly string[] = ["activationNames", "isActivationName", "configureDispatch"];
const names = Object.keys(ops).filter((name) => !name.startsWith("compose") && !others.includes(name));

const docstrings = new Map(
  globSync("packages/tensor/src/ops/**/*.ts", { cwd: root }).flatMap((file) => {
    const source = readFileSync(new URL(file, root), "utf8");
    const documented = /\/\*\*((?:(?!\*\/)[^])*)\*\/\nexport (?:function|const) (\w+)/g;
    return [...source.matchAll(documented)].map(([, text = "", name = ""]) => [name, text] as const);
  }),
);

/** What a docstring says up to its first full stop or colon. */
function sentence(name: string): string {
  const text = (docstrings.get(name) ?? "").replaceAll(/\n? *\* ?/g, " ").trim();
  const [first = ""] = /^.*?(?=[.:](?: |$))/.exec(text) ?? [];
  if (first === "") throw new Error(`ops-table: ${name} has no docstring with a sentence`);
  return first;
}

const old = readFileSync(page, "utf8");
const [before = "", rest = ""] = old.split(start);
const [, after = ""] = rest.split(end);
const table = before.split("\n").flatMap((line) => (line.startsWith("| `") ? [line.split("|")[1] ?? ""] : []));
const listed = table.flatMap((column) => [...column.matchAll(/`(\w+)`/g)].map(([, name]) => name));
const rows = names.filter((name) => !listed.includes(name)).map((name) => `| \`${name}\` | ${sentence(name)} |`);
const written = [start, "", "| here | what it does |", "|---|---|", ...rows, "", end].join("\n");
const text = await format(before + written + after, { parser: "markdown", printWidth: 120 });

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
if (!values.check) writeFileSync(page, text);
else if (old !== text) {
  console.error("docs/ops.md is out of date; run: node scripts/tables/ops-table.ts");
  process.exitCode = 1;
}
