import { existsSync, globSync } from "node:fs";
import { SourceImports } from "../imports/source-imports.ts";

/** What the imports of the sources say about which tests can see a bug. Paths are from the root of the repository. */
export class TestsOf {
  readonly #root: string;
  readonly #imports: SourceImports;
  readonly #reached = new Map<string, ReadonlySet<string>>();
  #all: readonly string[] | undefined;

  constructor(root: string) {
    this.#root = root;
    this.#imports = new SourceImports(root);
  }

  /**
   * Those of a list that load a source, and the one beside it, likeliest first: beside it, importing it; then as listed,
   * fast ones first. All of the list where none is seen to load it.
   */
  nearestFirst(tests: readonly string[], source: string): readonly string[] {
    const beside = source.replace(/\.ts$/, ".test.ts");
    const own = tests.includes(beside) || !existsSync(this.#root + beside) ? tests : [beside, ...tests];
    const loading = own.filter((test) => this.#reachedFrom(test).has(source));
    const distance = (test: string): number => {
      if (test === beside) return 0;
      return this.#importsOf(test).includes(source) ? 1 : 2;
    };
    return (loading.length > 0 ? loading : own).toSorted((a, b) => distance(a) - distance(b));
  }

  /** All that load a source, but those that need a browser, a network or another process, where nothing is planted. */
  reaching(source: string): readonly string[] {
    this.#all ??= globSync("{packages/*/{src,test},testing}/**/*.test.ts", { cwd: this.#root })
      .filter((file) => !/browser|gpujs|processes|python|cli\/test\/process|readme/.test(file))
      .sort();
    return this.nearestFirst(this.#all, source);
  }

  #reachedFrom(test: string): ReadonlySet<string> {
    const known = this.#reached.get(test);
    if (known) return known;
    const reached = new Set([test]);
    for (const file of reached) for (const imported of this.#importsOf(file)) reached.add(imported);
    this.#reached.set(test, reached);
    return reached;
  }

  /** Types are gone where the tests run. */
  #importsOf(file: string): readonly string[] {
    return this.#imports.of(file).flatMap(({ target, isType }) => (isType ? [] : [target]));
  }
}
