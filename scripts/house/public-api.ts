import { existsSync, readFileSync, readdirSync } from "node:fs";
import ts from "typescript";
import type { PackageJson } from "../package-build.ts";

/** Subpath, with its package's name in front → the names that it exports, types too, in order. */
export type PublicApi = ReadonlyMap<string, readonly string[]>;

/** What the packages of a repository export, by the compiler's own reading of their sources. */
export function publicApi(root: string): PublicApi {
  const entries = entriesIn(root);
  const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, (file) => readFileSync(file, "utf8")) as {
    readonly config: { readonly compilerOptions: Readonly<Record<string, unknown>> };
  };
  const { composite: _, emitDeclarationOnly: __, tsBuildInfoFile: ___, ...rest } = config.compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson({ ...rest, noEmit: true }, root);
  const program = ts.createProgram([...entries.values()], options);
  const checker = program.getTypeChecker();
  return new Map(
    [...entries].map(([subpath, file]) => {
      const source = program.getSourceFile(file);
      const symbol = source && checker.getSymbolAtLocation(source);
      const names = symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : [];
      return [subpath, names.sort()];
    }),
  );
}

/** Subpath → its source. */
function entriesIn(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of readdirSync(`${root}packages`)) {
    const manifestFile = `${root}packages/${folder}/package.json`;
    if (!existsSync(manifestFile)) continue;
    const { name, exports } = JSON.parse(readFileSync(manifestFile, "utf8")) as PackageJson;
    for (const [subpath, leaf] of Object.entries(exports)) {
      if (typeof leaf === "string") continue;
      const entry = leaf.import.default.replace("./dist/", "").replace(/\.js$/, ".ts");
      found.set(name + subpath.slice(1), `${root}packages/${folder}/src/${entry}`);
    }
  }
  return found;
}

/** Names of a subpath that are gone and names that are new, for each subpath where there are any. */
export function apiChanges(
  before: PublicApi,
  after: PublicApi,
): readonly { readonly subpath: string; readonly gone: readonly string[]; readonly added: readonly string[] }[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((subpath) => {
    const [old, now] = [before.get(subpath) ?? [], after.get(subpath) ?? []];
    const gone = old.filter((name) => !now.includes(name));
    const added = now.filter((name) => !old.includes(name));
    return gone.length + added.length > 0 ? [{ subpath, gone, added }] : [];
  });
}
