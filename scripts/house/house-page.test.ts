import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { countHouse, countRows, recipeRow, withCounts } from "./counts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/house.md`, "utf8");
const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root, encoding: "utf8" });
const counts = await countHouse(root, files.trim().split("\n"));

/** What the table says of now, by row. */
const told = new Map(
  [...page.matchAll(/^\| ([^|]+?) +\| +[^|]*\| +([^|]+?) \|$/gm)].map(([, row = "", now = ""]) => [row, now]),
);

// Where one of these fails, `npm run house -- --counts` mends the page.
describe("docs/house.md says what the repository is like", () => {
  test.each(Object.entries(countRows.fixed))("%s", (row, value) => {
    expect(told.get(row)).toBe(value(counts));
  });

  test.each([...counts.recipes])("%s", (heading, touched) => {
    expect(told.get(recipeRow(heading))).toBe(String(touched));
  });

  test.each(Object.entries(countRows.drifting))("%s, within 5 % or 5", (row, value) => {
    const [given, now] = [Number(told.get(row)), Number(value(counts))];
    expect(Math.abs(given - now)).toBeLessThanOrEqual(Math.max(5, 0.05 * now));
  });

  test("crowded folders by name", () => {
    const [, list = ""] = /^- now: (.*)$/m.exec(page) ?? [];
    const named = [...list.matchAll(/`([^`]+)` \d+/g)].map(([, folder = ""]) => folder);
    expect(named.sort()).toEqual(counts.crowded.map(([folder]) => folder).sort());
  });
});

test("counts are put in place of those of the page, and nothing else", () => {
  const old =
    "| median lines of a source file |   54 | 9 |\n| files for a head | – | 9 |\n| of it | 1 | 9 |\n- now: `a/b` 9";
  const now = { ...counts, medianLines: 60, recipes: new Map([["Add a head", 2]]), crowded: [] };
  expect(withCounts(old, now).split("\n")).toEqual([
    "| median lines of a source file |   54 | 60 |",
    "| files for a head | – | 2 |",
    "| of it | 1 | 9 |",
    "- now: none",
  ]);
});
