import { shareFound, survivorLines } from "./mutation-survivors.ts";

/** What became of one planted bug. */
export interface MutantResult {
  readonly id: string;
  readonly backend: string;
  readonly find: string;
  readonly replace: string;
  readonly killed: boolean;
  /** The first test that failed, `crash` or `timeout`; for a survivor the reason that no test can see it. */
  readonly by: string;
}

/** A run of all planted bugs against the conformance suite. */
export interface MutationReport {
  readonly runs: number;
  readonly seed: number;
  /** Bugs in the lists, by backend, those too that were not planted yet. */
  readonly listed: Readonly<Record<string, number>>;
  readonly planted: number;
  readonly killed: number;
  readonly mutants: readonly MutantResult[];
}

/** The figure and the survivors as a section of a Markdown page. */
export function mutationMarkdown({ planted, killed, runs, seed, listed, mutants }: MutationReport): string {
  const unrun = Object.values(listed).reduce((sum, count) => sum + count, 0) - planted;
  const rows = Object.entries(listed).map(([backend, count]) => {
    const own = mutants.filter((mutant) => mutant.backend === backend);
    return `| \`${backend}\` | ${count} | ${own.length} | ${own.filter((mutant) => mutant.killed).length} |`;
  });
  return [
    "## Mutation testing",
    "",
    `The suite, with ${runs} drawn calls per test and seed ${seed}, finds ${shareFound(killed, planted)} ` +
      "planted one at a time in the kernels of `reference`, `cpu`, `wasm` and `webgpu` (there with 4 calls): wrong strides, dropped tails,",
    "swapped operands, missing masks, wrong accumulators. `npm run soak -- mutation` repeats it; the bugs are in",
    `\`scripts/mutants\`. ${unrun > 0 ? `${unrun} that are listed are unrun.` : "None that is listed is unrun."}`,
    "",
    "| backend | listed | planted | found |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...survivorLines(mutants),
  ].join("\n");
}
