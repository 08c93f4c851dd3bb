/** A command line as a shell reads those of the help: words, quotes, `<`, `>`, `|`, `&&`, `$(…)` and `<(…)`; no variables. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Files of redirections, by their signs. */
  readonly redirections: Readonly<Record<string, string>>;
}

/** The commands of a line, in their order; those within others come first. */
export function shellCommands(line: string): readonly ShellCommand[] {
  const [within = "", inner] = /[$<]\(([^)]*)\)/.exec(line) ?? [];
  if (inner !== undefined) return [...shellCommands(inner), ...shellCommands(line.replace(within, "-"))];
  const parts = [...line.matchAll(/"([^"]*)"|'([^']*)'|(&&|[|<>])|([^\s"'|<>&]+)/g)];
  const commands: { words: string[]; redirections: Record<string, string> }[] = [{ words: [], redirections: {} }];
  let sign: string | null = null;
  for (const [, double, single, operator, word] of parts) {
    const current = commands.at(-1)!;
    if (operator === "|" || operator === "&&") commands.push({ words: [], redirections: {} });
    else if (operator !== undefined) sign = operator;
    else {
      const text = double ?? single ?? word ?? "";
      if (sign === null) current.words.push(text);
      else current.redirections[sign] = text;
      sign = null;
    }
  }
  return commands;
}
