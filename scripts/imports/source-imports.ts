import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One import or re-export of a file. Paths are from the root. */
export interface Import {
  /** As written. */
  readonly specifier: string;
  readonly target: string;
  /** What is taken; null: all that the other file exports. */
  readonly names: readonly { readonly name: string; readonly as: string }[] | null;
  readonly isExport: boolean;
  /** Of types alone, which are gone when it runs. */
  readonly isType: boolean;
  /** `new URL("x.ts", …)`: the other file is loaded elsewhere, by a worker or a page. */
  readonly isUrl: boolean;
}

/** Examples in comments load nothing. */
const comments = /^\s*(?:\*|\/\*|\/\/).*$/gm;
const statement =
  /^(?:import|(export))\s+(type\s+)?(?:(\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*\{[^}]*\})?|\{[^}]*\})\s+from\s+)?"([^"]+)"/gm;
const expression = /\b(?:import\(\s*"([^"]+)"|new URL\(\s*"([^"]+\.ts)")/g;

/** What the files of the repository import, names followed through the tables of exports. */
export class SourceImports {
  readonly #root: string;
  readonly #known = new Map<string, readonly Import[]>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The imports of a file, as written. */
  of(file: string): readonly Import[] {
    const known = this.#known.get(file);
    if (known) return known;
    const text = file.endsWith(".ts") ? readFileSync(this.#root + file, "utf8").replace(comments, "") : "";
    const imports: Import[] = [];
    const add = (specifier: string, rest: Omit<Import, "specifier" | "target">): void => {
      const target = this.#fileOf(specifier, file);
      if (target !== undefined) imports.push({ specifier, target, ...rest });
    };
    for (const [, exported, type, clause = "*", specifier = ""] of text.matchAll(statement)) {
      const entries = /^\{([^}]*)\}$/
        .exec(clause)?.[1]
        ?.split(",")
        .map((entry) => entry.trim())
        .filter((entry) => entry !== "");
      const names = entries?.map((entry) => {
        const [name = "", as = name] = entry.replace(/^type /, "").split(/\s+as\s+/);
        return { name, as };
      });
      const isType = type !== undefined || (entries?.every((entry) => entry.startsWith("type ")) ?? false);
      add(specifier, { names: names ?? null, isExport: exported !== undefined, isType, isUrl: false });
    }
    for (const [, module, url = ""] of text.matchAll(expression))
      add(module ?? url, { names: null, isExport: false, isType: false, isUrl: module === undefined });
    this.#known.set(file, imports);
    return imports;
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

  /** `./x.ts` from its folder, `@helium-lm/x/sub` as vitest.config.ts has it; undefined for what is no source. */
  #fileOf(specifier: string, from: string): string | undefined {
    const [, owner, subpath = "index"] = /^@helium-lm\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
    const path = owner
      ? `packages/${owner}/src/${subpath}`
      : /^\.|\.ts$/.test(specifier)
        ? join(dirname(from), specifier)
        : null;
    if (path === null) return undefined;
    return [path, `${path}.ts`, `${path}/index.ts`].find(
      (file) => file.endsWith(".ts") && existsSync(this.#root + file),
    );
  }
}
