/**
 * `node scripts/packed/types.ts`: compiles an application in strict TypeScript, and imports of every subpath, against the
 * packed packages, whose own types are checked too; as ESM and as CJS, by the resolutions of Node and of bundlers.
 */
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { unpackPackages } from "./unpack.mjs";

/** Subpaths whose types are those of vitest too, which are not ours to check. */
const testTools = new Set(["./testing", "./conformance"]);

const strict: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: [],
};

const resolutions: Readonly<Record<string, ts.CompilerOptions>> = {
  "node's": { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  "bundlers'": { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

const { folder, manifests } = unpackPackages("types");

const ids = manifests.flatMap(({ name, exports }) =>
  Object.entries(exports).flatMap(([subpath, leaf]) =>
    typeof leaf === "string" || testTools.has(subpath) ? [] : [name + subpath.slice(1)],
  ),
);
const application = join(folder, "library.mts");
copyFileSync(fileURLToPath(new URL("consumer/library.mts", import.meta.url)), application);
const everything = ids.map((id, n) => `import * as part${n} from "${id}";\nexport { part${n} };\n`).join("");
const [esm, cjs] = [join(folder, "everything.mts"), join(folder, "everything.cts")];
for (const file of [esm, cjs]) writeFileSync(file, everything);

// The examples of the libraries' pages are modules too.
const libraries = manifests.filter(({ bin }) => bin === undefined);
const examples = libraries.map(({ name }) => {
  const text = readFileSync(join(folder, "node_modules", name, "README.md"), "utf8");
  const [, code] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
  if (code === undefined) throw new Error(`${name}: README.md has no example in TypeScript`);
  const file = join(folder, `readme-${name.replace(/.*\//, "")}.mts`);
  writeFileSync(file, code);
  return file;
});

const host = {
  getCanonicalFileName: (file: string) => file,
  getCurrentDirectory: () => folder,
  getNewLine: () => "\n",
};
let wrong = 0;
for (const [whose, resolution] of Object.entries(resolutions)) {
  const files = whose === "node's" ? [application, esm, cjs] : [application, esm, ...examples];
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, { ...strict, ...resolution }));
  wrong += diagnostics.length;
  console.log(`types: ${diagnostics.length} errors with ${whose} resolution of ${ids.length} subpaths`);
  if (diagnostics.length > 0) console.error(ts.formatDiagnostics(diagnostics, host));
}
if (wrong > 0) process.exitCode = 1;
