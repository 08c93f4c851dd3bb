import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

test("CONTRIBUTING.md lists every command of package.json, and no others", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  const rows = read("CONTRIBUTING.md")
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const listed = rows.flatMap((row) => [...row.matchAll(/`npm (?:run )?([\w:]+)/g)].map(([, name]) => name));
  expect([...new Set(listed)].sort()).toEqual(Object.keys(scripts).sort());
});
