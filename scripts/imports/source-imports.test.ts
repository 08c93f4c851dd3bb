import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { SourceImports } from "./source-imports.ts";

const root = `${mkdtempSync(join(tmpdir(), "source-imports-"))}/`;
afterAll(() => rmSync(root, { recursive: true }));

const files = {
  "packages/tensor/src/index.ts": 'export { a, type A } from "./a.ts";\nexport * from "./table/index.ts";\n',
  "packages/tensor/src/a.ts": "export interface A {}\nexport const a = 1;\n",
  "packages/tensor/src/table/index.ts": 'export { b as c } from "../b.ts";\n',
  "packages/tensor/src/b.ts": "export const b = 2;\n",
  "packages/tensor/src/worker.ts": "",
  "test/all.ts": [
    'import "../packages/tensor/src/worker.ts";',
    'import type { A } from "@helium-lm/tensor";',
    "import {",
    "  a,",
    "  c as see,",
    '} from "@helium-lm/tensor";',
    'import { type A as B } from "@helium-lm/tensor/a";',
    'import * as table from "@helium-lm/tensor/table";',
    'import absent, { other } from "./absent.ts";',
    'import { join } from "node:path";',
    'const late = import("../packages/tensor/src/b.ts");',
    'const page = new URL("page.ts", import.meta.url);',
    "/**",
    ' * import { b } from "../packages/tensor/src/b.ts";',
    " */",
    '// import("../packages/tensor/src/a.ts")',
  ].join("\n"),
  "test/page.ts": "",
};
for (const [file, text] of Object.entries(files)) {
  mkdirSync(dirname(root + file), { recursive: true });
  writeFileSync(root + file, text);
}
const imports = new SourceImports(root);

describe("the imports of a file", () => {
  it("are its statements, calls and addresses, with the file that each means", () => {
    const sources = "packages/tensor/src";
    const plain = { names: null, isExport: false, isType: false, isUrl: false };
    const named = (...names: readonly string[]): object[] =>
      names.map((text) => {
        const [name = "", as = name] = text.split(" as ");
        return { name, as };
      });
    expect(imports.of("test/all.ts").map(({ specifier: _, ...rest }) => rest)).toEqual([
      { ...plain, target: `${sources}/worker.ts` },
      { ...plain, target: `${sources}/index.ts`, names: named("A"), isType: true },
      { ...plain, target: `${sources}/index.ts`, names: named("a", "c as see") },
      { ...plain, target: `${sources}/a.ts`, names: named("A as B"), isType: true },
      { ...plain, target: `${sources}/table/index.ts` },
      { ...plain, target: `${sources}/b.ts` },
      { ...plain, target: "test/page.ts", isUrl: true },
    ]);
    expect(imports.of("packages/tensor/src/index.ts")).toEqual([
      { ...plain, specifier: "./a.ts", target: `${sources}/a.ts`, names: named("a", "A"), isExport: true },
      { ...plain, specifier: "./table/index.ts", target: `${sources}/table/index.ts`, isExport: true },
    ]);
  });

  it("are followed through tables of exports to the files that define the names", () => {
    expect([...imports.definingFiles("test/all.ts")].sort()).toEqual([
      "packages/tensor/src/a.ts",
      "packages/tensor/src/b.ts",
      "packages/tensor/src/table/index.ts",
      "packages/tensor/src/worker.ts",
      "test/page.ts",
    ]);
  });
});
