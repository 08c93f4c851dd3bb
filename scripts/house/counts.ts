import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Recipe } from "../recipes/recipe.ts";
import { circlesIn, importGraph } from "./import-graph.ts";

/** Files that a folder may have. */
export const CROWDED = 25;
/** Lines of a file that is hardly one. */
const TINY = 12;

/** What is counted of a repository within a second. */
export interface Counts {
  /** Files of the packages, without tests. */
  readonly sources: number;
  /** Sources of a few lines. */
  readonly tiny: number;
  readonly medianLines: number;
  readonly crowded: readonly (readonly [folder: string, files: number])[];
  readonly valueCircles: readonly string[][];
  readonly typeCircles: readonly string[][];
  /** Files that a toy touches, by the heading of the recipe it follows. */
  readonly recipes: ReadonlyMap<string, number>;
}

const isCode = (file: string): boolean => /^(packages|scripts|benchmarks|examples|testing)\//.test(file);

/** @param files those that git knows, from the root, which ends with a slash */
export async function countHouse(root: string, files: readonly string[]): Promise<Counts> {
  const folders = new Map<string, number>();
  for (const file of files.filter(isCode)) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
  const graph = importGraph(root);
  const lines = [...graph.keys()]
    .map((file) => readFileSync(root + file, "utf8").split("\n").length - 1)
    .sort((a, b) => a - b);
  return {
    sources: graph.size,
    tiny: lines.filter((count) => count <= TINY).length,
    medianLines: lines[lines.length >> 1] ?? 0,
    crowded: [...folders].filter(([, count]) => count > CROWDED).sort(([, a], [, b]) => b - a),
    valueCircles: circlesIn(graph, (isType) => !isType),
    typeCircles: circlesIn(graph, () => true),
    recipes: await recipeFiles(root),
  };
}

/** None at commits that have no toys yet. */
async function recipeFiles(root: string): Promise<ReadonlyMap<string, number>> {
  const file = `${root}scripts/recipes/recipes.ts`;
  if (!existsSync(file)) return new Map();
  const { recipes } = (await import(pathToFileURL(file).href)) as { readonly recipes: readonly Recipe[] };
  return new Map(
    recipes.map(({ heading, adds, edits }) => [heading, Object.keys(adds).length + Object.keys(edits).length]),
  );
}

const total = (circles: readonly string[][]): string =>
  circles.length === 0 ? "0" : `${circles.length} (${circles.reduce((sum, { length }) => sum + length, 0)} files)`;

/** The counts as the page shows them: those that most commits change, and the others. */
export const countRows = {
  drifting: {
    "source files of the packages": ({ sources }: Counts) => String(sources),
    [`of these with at most ${TINY} lines`]: ({ tiny }: Counts) => String(tiny),
    "median lines of a source file": ({ medianLines }: Counts) => String(medianLines),
  },
  fixed: {
    [`folders with more than ${CROWDED} files`]: ({ crowded }: Counts) => String(crowded.length),
    "import circles at run time": ({ valueCircles }: Counts) => total(valueCircles),
    "import circles, types counted": ({ typeCircles }: Counts) => total(typeCircles),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, (counts: Counts) => string>>>>;

/** Row of a recipe: "files for a head". */
export const recipeRow = (heading: string): string => `files for ${heading.replace(/^Add /, "")}`;

/** A page whose counts of now are these; all else stays. */
export function withCounts(page: string, counts: Counts): string {
  const rows = [
    ...Object.entries({ ...countRows.drifting, ...countRows.fixed }).map(
      ([row, value]) => [row, value(counts)] as const,
    ),
    ...[...counts.recipes].map(([heading, touched]) => [recipeRow(heading), String(touched)] as const),
  ];
  const lines = page.split("\n").map((line) => {
    const [, row, before] = /^\| ([^|]+?) +\|([^|]*)\|[^|]*\|$/.exec(line) ?? [];
    const [, now] = rows.find(([name]) => name === row) ?? [];
    if (now !== undefined) return `| ${row} |${before}| ${now} |`;
    return /^- now: (`[^`]+` \d|none)/.test(line) ? crowdedList("now", counts) : line;
  });
  return lines.join("\n");
}

export const crowdedList = (name: string, { crowded }: Counts): string =>
  `- ${name}: ${crowded.map(([folder, count]) => `\`${folder}\` ${count}`).join(", ") || "none"}`;
