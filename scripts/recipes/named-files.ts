/** The recipes of CONTRIBUTING.md by heading: the files that each names in code spans. */
export function namedFiles(contributing: string): ReadonlyMap<string, readonly string[]> {
  const sections = contributing.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [heading = "", ...body] = section.split("\n");
      const spans = [...body.join("\n").matchAll(/`([^`\s]+)`/g)].map(([, span = ""]) => span);
      return [heading, spans.filter((span) => span.includes("/") || /\.(ts|json)$/.test(span))];
    }),
  );
}

/** True where a recipe names a file, or the folder it is in (`testing/`): a toy's own is `x.ts` there, or lies in a folder `b`. */
export function isNamed(file: string, named: readonly string[]): boolean {
  const asWritten = [file, file.replace(/\btoy\.ts$/, "x.ts"), file.replace("/toy/", "/b/")];
  return named.some((span) =>
    asWritten.some(
      (path) => path === span || path.endsWith(`/${span}`) || (span.endsWith("/") && path.includes(`/${span}`)),
    ),
  );
}
