import { shareFound, survivorLines } from "../mutation/mutation-survivors.ts";
import type { Sample } from "./sample.ts";

/** What became of one bug planted above the kernels. */
export interface AboveResult {
  readonly id: string;
  readonly area: string;
  readonly find: string;
  readonly replace: string;
  readonly killed: boolean;
  /** The first test that failed, or that its file does not end; for a survivor the reason that no test can see it. */
  readonly by: string;
}

/** Figures of one area: bugs in its list, those that were planted, those that a test found. */
interface AreaFigures {
  readonly name: string;
  readonly listed: number;
  readonly planted: number;
  readonly killed: number;
}

/** What is known of the planted bugs and the tests of nn and helium. */
export interface AboveReport extends Omit<AreaFigures, "name"> {
  /** What the last run over all areas with one took of each; null where none was. */
  readonly sample: Sample | null;
  readonly areas: readonly AreaFigures[];
  readonly bugs: readonly AboveResult[];
}

/** The figures by area, that which finds the smallest share first, and the survivors as a section of a Markdown page. */
export function aboveMarkdown({ listed, planted, killed, sample, areas, bugs }: AboveReport): string {
  const share = (area: AreaFigures): number => (area.planted === 0 ? 2 : area.killed / area.planted);
  const rows = areas
    .toSorted((a, b) => share(a) - share(b))
    .map((area) => `| ${area.name} | ${area.listed} | ${area.planted} | ${area.killed} |`);
  const draw = sample
    ? `They are a sample (${sample.perArea} of each area and those that tests once let through, by a hash of seed ` +
      `${sample.seed} and name) and whole areas besides.`
    : "";
  return [
    "## Mutation testing above the kernels",
    "",
    `The tests of nn and helium find ${shareFound(killed, planted)} planted one at a time in one line of their sources. ` +
      `${listed} are listed; ${listed - planted} of them are unrun: not planted yet, or not since their text changed. ${draw}`,
    "A failure counts where the same test passes right after it without the bug. `npm run soak -- mutation-above --help`",
    "says how to repeat it; the bugs, and the tests that should find them, are in `scripts/mutants/above`.",
    "",
    "| area | listed | planted | found |",
    "|---|---|---|---|",
    ...rows,
    "",
    ...survivorLines(bugs),
    "",
  ].join("\n");
}
