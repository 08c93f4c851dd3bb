import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One `import … from` or `export … from` of a file; `names` null: all that the other file exports. */
interface Import {
  readonly target: string;
  readonly names: readonly { readonly name: string; readonly as: string }[] | null;
  readonly isExport: boolean;
}

const statement = /^(?:import|(export))\s+(?:type\s+)?(?:(\*|\*\s+as\s+\w+|\w+|\{[^}]*\})\s+from\s+)?"([^"]+)"/gm;
const lazy = /\bimport\(\s*"([^"]+)"|\bnew URL\(\s*"([^"]+\.ts)"/g;

/** What the files of the repository import, names followed through the tables of exports. Paths are from the root. */
export class SourceImports {
  readonly #root: string;
  readonly #known = new Map<string, readonly Import[]>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Files that define what a file imports: those behind an `index.ts` for the names taken from it. */
  definingFiles(file: string): ReadonlySet<string> {
    const found = new Set<string>();
    for (const { target, names } of this.of(file)) {
      if (names === null) found.add(target);
      else for (const { name } of names) found.add(this.#definingFile(target, name));
    }
    return found;
  }

  #definingFile(file: string, name: string): string {
    for (const { target, names, isExport } of this.of(file)) {
      if (!isExport) continue;
      const taken = names?.find(({ as }) => as === name);
      if (taken) return this.#definingFile(target, taken.name);
      if (names === null && this.#exports(target, name)) return this.#definingFile(target, name);
    }
    return file;
  }

  #exports(file: string, name: string): boolean {
    const own = new RegExp(`^export (?:default )?(?:abstract |async )?(?:\\w+\\*?) ${name}\\b`, "m");
    if (own.test(readFileSync(this.#root + file, "utf8"))) return true;
    return this.of(file).some(
      ({ target, names, isExport }) =>
        isExport && (names === null ? this.#exports(target, name) : names.some(({ as }) => as === name)),
    );
  }

  /** The imports of a file, as written. */
  of(file: string): readonly Import[] {
    const known = this.#known.get(file);
    if (known) return known;
    const text = file.endsWith(".ts") ? readFileSync(this.#root + file, "utf8") : "";
    const imports: Import[] = [];
    for (const [, isExport, clause = "*", specifier = ""] of text.matchAll(statement)) {
      const target = this.#fileOf(specifier, file);
      if (target === undefined) continue;
      const listed = /^\{([^}]*)\}$/.exec(clause)?.[1]?.split(",");
      const names = listed
        ?.map((entry) =>
          entry
            .trim()
            .replace(/^type /, "")
            .split(/\s+as\s+/),
        )
        .flatMap(([name = "", as = name]) => (name === "" ? [] : [{ name, as }]));
      imports.push({ target, names: names ?? null, isExport: isExport !== undefined });
    }
    for (const [, module, worker = ""] of text.matchAll(lazy)) {
      const target = this.#fileOf(module ?? worker, file);
      if (target !== undefined) imports.push({ target, names: null, isExport: false });
    }
    this.#known.set(file, imports);
    return imports;
  }

  /** `./x.ts` from its folder, `@helium-lm/x/sub` as vitest.config.ts has it; undefined for what is no source. */
  #fileOf(specifier: string, from: string): string | undefined {
    const [, owner, subpath = "index"] = /^@helium-lm\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
    const path = owner
      ? `packages/${owner}/src/${subpath}`
      : specifier.startsWith(".")
        ? join(dirname(from), specifier)
        : null;
    if (path === null) return undefined;
    return [path, `${path}.ts`, `${path}/index.ts`].find(
      (file) => file.endsWith(".ts") && existsSync(this.#root + file),
    );
  }
}
