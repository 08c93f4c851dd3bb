import { globSync, readFileSync } from "node:fs";
import { root } from "../repository.ts";

/** The code of one `@example` of a docstring. */
export interface DocExample {
  /** Source file from the root, and the line on which the example starts. */
  readonly file: string;
  readonly line: number;
  /** What the docstring is of: `add`, `Tensor`, or `forward` for a method. */
  readonly name: string;
  readonly code: string;
}

/** All examples in the sources of the libraries, or of one package. */
export function docExamples(packages = "{tensor,nn,helium}"): readonly DocExample[] {
  return globSync(`packages/${packages}/src/**/*.ts`, { cwd: root })
    .filter((file) => !file.endsWith(".test.ts") && !file.includes("/assembly/"))
    .sort()
    .flatMap((file) => examplesIn(file, readFileSync(root + file, "utf8")));
}

/** From `@example` to the next tag or the end of the docstring, without the stars and fences. */
export function examplesIn(file: string, text: string): readonly DocExample[] {
  const lines = text.split("\n");
  return lines.flatMap((line, i) => {
    if (!/^\s*\* @example\s*$/.test(line)) return [];
    const after = lines.slice(i + 1);
    const end = after.findIndex((next) => /^\s*\*\/|^\s*\* @\w/.test(next));
    const code = after.slice(0, end).map((next) => next.replace(/^\s*\* ?/, ""));
    const ends = after.findIndex((next) => /^\s*\*\/\s*$/.test(next));
    const name = nameIn(after[ends + 1] ?? "");
    return [{ file, line: i + 1, name, code: code.filter((next) => !next.startsWith("```")).join("\n") }];
  });
}

/** `export async function load<T>(…)` → `load`; a member of a class or an object goes by its own name. */
const nameIn = (declaration: string): string =>
  /^\s*(?:export |default |declare |abstract |static |override |async |readonly |function\*? |class |const |interface |type )*\*?(\w+)/.exec(
    declaration,
  )?.[1] ?? "";
