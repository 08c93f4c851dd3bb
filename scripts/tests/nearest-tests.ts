import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { SourceImports } from "../imports/source-imports.ts";

/** Test files per changed file, beside its own. */
const MOST = 5;

/** Which tests see a change first. Paths are from the root of the repository. */
export class NearestTests {
  readonly #root: string;
  readonly #tests: readonly string[];
  #importers: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(root: string) {
    this.#root = root;
    const folders = ["packages/*/{src,test}", "benchmarks", "examples/*/src", "scripts", "testing"];
    this.#tests = globSync(
      folders.map((folder) => `${folder}/**/*.test.ts`),
      { cwd: root },
    ).sort();
  }

  /**
   * Changed tests, tests beside changed files, and for each changed file those that get to it over the fewest imports; for
   * what is no source, those that name it. `others` counts the rest of the tests that load a changed file.
   */
  of(changed: readonly string[]): { readonly nearest: readonly string[]; readonly others: number } {
    const nearest = new Set(changed.filter((file) => this.#tests.includes(file)));
    const found = new Set<string>();
    for (const file of changed) {
      if (nearest.has(file)) continue;
      const beside = file.replace(/\.ts$/, ".test.ts");
      if (beside !== file && this.#tests.includes(beside)) nearest.add(beside);
      const tests = file.endsWith(".ts") ? this.#loading(file) : this.#naming(file);
      for (const test of tests.slice(0, MOST)) nearest.add(test);
      for (const test of tests) found.add(test);
    }
    return { nearest: [...nearest].sort(), others: [...found].filter((test) => !nearest.has(test)).length };
  }

  /** Tests that load a source: few imports on the way first, a word that the paths share making up for one. */
  #loading(source: string): readonly string[] {
    this.#importers ??= importersOf(new SourceImports(this.#root), this.#tests);
    const distances = new Map([[source, 0]]);
    for (const [file, distance] of distances) {
      for (const importer of this.#importers.get(file) ?? [])
        if (!distances.has(importer)) distances.set(importer, distance + 1);
    }
    const words = wordsOf(source);
    const rank = (test: string): number => {
      const shared = [...wordsOf(test)].filter((word) => words.has(word));
      return (distances.get(test) ?? 0) - shared.length;
    };
    return this.#tests.filter((test) => distances.has(test)).sort((a, b) => rank(a) - rank(b));
  }

  #naming(file: string): readonly string[] {
    const name = basename(file);
    return this.#tests.filter((test) => readFileSync(this.#root + test, "utf8").includes(name));
  }
}

/** `packages/tensor/test/cpu-rows.test.ts` → tensor, cpu, rows */
const wordsOf = (path: string): ReadonlySet<string> =>
  new Set(path.split(/[/.-]/).filter((word) => !["packages", "src", "test", "index", "ts"].includes(word)));

/** Source → files that import it, among the tests and all that they load. */
function importersOf(imports: SourceImports, tests: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const importers = new Map<string, Set<string>>();
  const files = new Set(tests);
  for (const file of files) {
    for (const imported of imports.definingFiles(file)) {
      files.add(imported);
      const known = importers.get(imported) ?? new Set();
      importers.set(imported, known.add(file));
    }
  }
  return importers;
}
