/**
 * `npm run house [before] [after]`: what the code is like as a place to find one's way in, at two commits; writes
 * docs/house.md. Default: the commit before the house was put in order, and the files as they lie. `npm run house -- --counts`
 * counts the files alone, within seconds, and leaves the rest of the page as it is.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import { bundleSizes, type BundleSize } from "./bundle-sizes.ts";
import { CROWDED, countHouse, countRows, crowdedList, recipeRow, withCounts, type Counts } from "./counts.ts";
import { apiChanges, publicApi, type PublicApi } from "./public-api.ts";

const here = fileURLToPath(new URL("../../", import.meta.url));
const page = `${here}docs/house.md`;
/** The last commit before issue 13. */
const FIRST = "c685f86";

/** What is known of one commit. */
interface House {
  readonly name: string;
  readonly counts: Counts;
  /** From `generate` to a kernel. */
  readonly walk: readonly string[];
  readonly sizes: readonly BundleSize[];
  readonly api: PublicApi;
}

const git = (...args: readonly string[]): string =>
  execFileSync("git", args, { cwd: here, encoding: "utf8", maxBuffer: 2 ** 28 });

/** The files of a commit below .cache, with this folder's node_modules. */
function checkedOut(commit: string): string {
  const root = `${here}.cache/house/${commit}/`;
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const archive = execFileSync("git", ["archive", commit], { cwd: here, maxBuffer: 2 ** 31 });
  execFileSync("tar", ["-x", "-C", root], { input: archive });
  symlinkSync(`${here}node_modules`, `${root}node_modules`);
  return root;
}

async function houseAt(name: string, root: string, files: readonly string[]): Promise<House> {
  const walk = execFileSync(
    process.execPath,
    ["--import", `${root}scripts/workspace-sources.ts`, `${here}scripts/house/walk.ts`, root],
    { encoding: "utf8" },
  );
  return {
    name,
    counts: await countHouse(root, files),
    walk: JSON.parse(walk) as readonly string[],
    sizes: await bundleSizes(root),
    api: publicApi(root),
  };
}

function table(before: House, after: House): string {
  const row = (what: string, value: (house: House) => string | number): string =>
    `| ${what} | ${value(before)} | ${value(after)} |`;
  const counted = { ...countRows.drifting, ...countRows.fixed };
  const headings = [...after.counts.recipes.keys()];
  return [
    `| | ${before.name} | ${after.name} |`,
    "| --- | ---: | ---: |",
    ...Object.entries(counted).map(([what, value]) => row(what, ({ counts }) => value(counts))),
    row("files from `generate` to a kernel", ({ walk }) => walk.length),
    ...headings.map((heading) => row(recipeRow(heading), ({ counts }) => counts.recipes.get(heading) ?? "–")),
  ].join("\n");
}

function sizesTable(before: House, after: House): string {
  const old = new Map(before.sizes.map((size) => [size.entry, size]));
  const kB = (bytes: number | undefined): string => (bytes === undefined ? "–" : (bytes / 1000).toFixed(1));
  const rows = after.sizes.map(
    ({ entry, min, gzip }) =>
      `| ${entry} | ${kB(old.get(entry)?.min)} | ${kB(min)} | ${kB(old.get(entry)?.gzip)} | ${kB(gzip)} |`,
  );
  return [
    "| entry | minified, before | after | gzip, before | after |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ") || "–";

const write = async (text: string): Promise<void> =>
  writeFileSync(page, await format(text, { parser: "markdown", printWidth: 120, proseWrap: "preserve" }));
const filesHere = (): readonly string[] => git("ls-files", "-co", "--exclude-standard").trim().split("\n");

const [first = FIRST, second] = process.argv.slice(2);
if (first === "--counts") {
  await write(withCounts(readFileSync(page, "utf8"), await countHouse(here, filesHere())));
  process.exit();
}
const commitFiles = (commit: string): readonly string[] =>
  git("ls-tree", "-r", "--name-only", commit).trim().split("\n");
const before = await houseAt(first, checkedOut(first), commitFiles(first));
const after =
  second === undefined
    ? await houseAt("now", here, filesHere())
    : await houseAt(second, checkedOut(second), commitFiles(second));
const api = apiChanges(before.api, after.api).map(
  ({ subpath, gone, added }) => `| \`${subpath}\` | ${quoted(gone)} | ${quoted(added)} |`,
);

const text = `<!-- Written by npm run house. -->

# The house, before and after

What the code is like as a place to find one's way in: at the commit before it was put in order, and now. \`npm run house\`
counts both and writes this page; it reads commits from the history, so it wants a whole clone.

${table(before, after)}

Files for an op, a format or a backend are those that a toy touches which follows the recipe of
[CONTRIBUTING.md](../CONTRIBUTING.md) with one backend (\`npm run recipes\`).

Folders with more than ${CROWDED} files, fixtures and documents aside:

${[before, after].map(({ name, counts }) => crowdedList(name, counts)).join("\n")}

## From \`generate\` to a kernel

The files on the deepest call stack on which a kernel of the \`cpu\` backend ran while a tiny model wrote two tokens; V8
follows awaited calls.

${[before, after].map(({ name, walk }) => `- ${name}: ${walk.map((file) => file.replace(/\.ts$/, "")).join(" → ")}`).join("\n")}

## Bytes that an entry adds to an app

In kB, without what other packages of this repository add (\`npm run size\`).

${sizesTable(before, after)}

## Exported names

What each subpath no longer exports and what it does anew; the [changelog](../CHANGELOG.md) says what was renamed to what.

| subpath | gone | new |
| --- | --- | --- |
${api.join("\n")}
`;
await write(text);
console.log(table(before, after));
