/** Straight-line AssemblyScript: every expression gets a name once, so that what is asked for twice is computed once. */
export class Code {
  readonly lines: string[] = [];
  readonly #prefix: string;
  readonly #names = new Map<string, string>();

  /** @param prefix begins the names */
  constructor(prefix = "e") {
    this.#prefix = prefix;
  }

  /** The name of a constant with this value. */
  let(expression: string): string {
    const known = this.#names.get(expression);
    if (known !== undefined) return known;
    const name = `${this.#prefix}${this.#names.size}`;
    this.#names.set(expression, name);
    this.lines.push(`const ${name} = ${expression};`);
    return name;
  }

  put(statement: string): void {
    this.lines.push(statement);
  }
}

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export const indent = (by: number, lines: readonly string[]): string[] => lines.map((line) => " ".repeat(by) + line);
