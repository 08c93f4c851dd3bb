import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SourceImports } from "./imports/source-imports.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const imports = new SourceImports(root);

interface Drawing {
  readonly title: string;
  /** Path from the root by the node's name. */
  readonly places: ReadonlyMap<string, string>;
  readonly solid: readonly (readonly [from: string, to: string])[];
  readonly dashed: readonly (readonly [from: string, to: string])[];
}

/** The flowcharts of a page: nodes `name["path<br>words"]`, chains `a --> b --> c`, and `a -. "words" .-> b`. */
function drawings(page: string): readonly Drawing[] {
  return [...page.matchAll(/^## ([^\n]+)\n(?:(?!^## ).)*?^```mermaid\n(.*?)^```$/gms)].map(
    ([, title = "", code = ""]) => {
      const places = new Map<string, string>();
      const solid: [string, string][] = [];
      const dashed: [string, string][] = [];
      for (const line of code.trim().split("\n").slice(1)) {
        const [, name, owner, path] = /^\s*(\w+)\["([\w-]+)\/(.+?)(?:<br>[^"]*)?"\]$/.exec(line) ?? [];
        const [, from, to] = /^\s*(\w+) -\. "[^"]+" \.-> (\w+)$/.exec(line) ?? [];
        const chain = line.trim().split(" --> ");
        if (name !== undefined) places.set(name, `packages/${owner}/src/${path}`);
        else if (from !== undefined && to !== undefined) dashed.push([from, to]);
        else if (chain.length > 1) chain.slice(1).forEach((next, i) => solid.push([chain[i] ?? "", next]));
        else throw new Error(`docs/architecture.md: "${line}" is neither a node nor an arrow`);
      }
      return { title, places, solid, dashed };
    },
  );
}

/** The files of a place: itself, or all sources below a folder. */
const filesOf = (place: string): readonly string[] =>
  statSync(root + place).isDirectory()
    ? globSync(`${place}/**/*.ts`, { cwd: root }).filter((file) => !/\.test\.ts$|\/assembly\//.test(file))
    : [place];

/** True where a file of one place imports a file of another, or a name from there. */
function isImported(from: string, to: string): boolean {
  const targets = new Set(filesOf(to));
  return filesOf(from).some(
    (file) =>
      imports.of(file).some(({ target }) => targets.has(target)) ||
      [...imports.definingFiles(file)].some((target) => targets.has(target)),
  );
}

const page = drawings(readFileSync(`${root}docs/architecture.md`, "utf8"));

test("the page has its four drawings", () => {
  expect(page.map(({ title }) => title)).toEqual([
    "From token ids to logits",
    "From file to storage",
    "From text to tokens",
    "From op to kernel",
  ]);
});

describe.each(page.map((drawing) => [drawing.title, drawing] as const))("%s", (_, { places, solid, dashed }) => {
  test("every file and folder is there, and has an arrow", () => {
    expect([...places.values()].filter((place) => !existsSync(root + place))).toEqual([]);
    const used = new Set([...solid, ...dashed].flat());
    expect([...places.keys()].filter((name) => !used.has(name))).toEqual([]);
    expect([...used].filter((name) => !places.has(name))).toEqual([]);
  });

  test("solid arrows are imports, dashed ones are none", () => {
    const told = (arrows: Drawing["solid"], isImport: boolean): string[] =>
      arrows
        .map(([from, to]) => [places.get(from) ?? from, places.get(to) ?? to] as const)
        .filter(([from, to]) => isImported(from, to) !== isImport)
        .map((arrow) => arrow.join(" → "));
    expect({ withoutImport: told(solid, true), withImport: told(dashed, false) }).toEqual({
      withoutImport: [],
      withImport: [],
    });
  });
});
