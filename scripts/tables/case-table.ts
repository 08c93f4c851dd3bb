/**
 * `node scripts/tables/case-table.ts [--check]`: writes the table of conformance cases from the files in its folders, or says
 * whether it is up to date. The table is typed: the compiler names an op without a case.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const folder = new URL("../../packages/tensor/src/conformance/cases/", import.meta.url);
const table = new URL("index.ts", folder);

const files = ["core", "fused"].flatMap((kind) =>
  readdirSync(new URL(`${kind}/`, folder))
    .sort()
    .map((file) => `${kind}/${file}`),
);
const cases = files.flatMap((file) => {
  const source = readFileSync(new URL(file, folder), "utf8");
  const [, name, op] = /^export const (\w+): ConformanceCase<"(\w+)"/m.exec(source) ?? [];
  return name === undefined ? [] : [{ file, name, op }];
});

const text = `// Written by scripts/tables/case-table.ts from the files in core and fused.
import type { CaseOp, ConformanceCase } from "../case.ts";
${cases.map(({ file, name }) => `import { ${name} } from "./${file}";`).join("\n")}

/** The case of every op: a new op without one does not compile. */
const byOp: { readonly [K in CaseOp]: ConformanceCase<K> } = {
${cases.map(({ op, name }) => `  ${op}: ${name},`).join("\n")}
};

/** All cases, core ops first. */
export const conformanceCases: readonly ConformanceCase[] = Object.values(byOp);
`;

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
if (!values.check) writeFileSync(table, text);
else if (readFileSync(table, "utf8") !== text) {
  console.error("conformance/cases/index.ts is out of date; run: node scripts/tables/case-table.ts");
  process.exitCode = 1;
}
