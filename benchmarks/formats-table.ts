import { formatsRows, type FormatsRow } from "./model-speed/formats-rows.ts";
import { digits, type Report } from "./report.ts";

/** Shares of native llama.cpp's speed that an engine is held to; others are only reported. */
const limits: Readonly<Record<string, { readonly decode: number; readonly prefill: number }>> = {
  "helium-lm, Node 24, wide": { decode: 0.95, prefill: 0.9 },
  "helium-lm, Node 24, plain": { decode: 0.95, prefill: 0.6 },
};

const parts = ["decode", "prefill"] as const;
type Part = (typeof parts)[number];

type Cells = readonly (readonly string[])[];

/** What `formats` found, for the README and for the page of all figures: the worst file first. */
export class FormatsTable {
  readonly #rows: readonly FormatsRow[];
  /** Files from the worst to the best. */
  readonly #files: readonly string[];

  constructor(report: Report) {
    this.#rows = formatsRows(report);
    const files = [...new Set(this.#rows.map(({ file }) => file))];
    this.#files = files.toSorted((a, b) => this.#worst(a) - this.#worst(b));
  }

  /** How many of the figures that are held to bars reach them. */
  get summary(): string {
    const held = this.#rows
      .flatMap((row) => parts.map((part) => reaches(row, part)))
      .filter((met) => met !== undefined);
    const { wide, plain } = { wide: "helium-lm, Node 24, wide", plain: "helium-lm, Node 24, plain" };
    const bar = (part: Part, engine: string): string => percent(limits[engine]?.[part] ?? NaN);
    return (
      `Decode / prefill, as shares of native llama.cpp on the same file in the same run, two threads, the worst file first. ` +
      `${held.filter(Boolean).length} of ${held.length} figures of Node 24 reach their bar: decode ${bar("decode", wide)}, ` +
      `prefill ${bar("prefill", wide)} with wide code and ${bar("prefill", plain)} with plain code. Bold ones do not.`
    );
  }

  /** A line per file: decode and prefill of each engine as shares of native. */
  overview(): { readonly header: readonly string[]; readonly rows: Cells } {
    const engines = [...new Set(this.#rows.map(({ engine }) => engine))];
    const short = engines.map((engine) => engine.replace(/^helium-lm, /, ""));
    return {
      header: ["file", ...short],
      rows: this.#files.map((file) => [
        file,
        ...engines.map((engine) => {
          const row = this.#rows.find((one) => one.file === file && one.engine === engine);
          return row === undefined ? "–" : parts.map((part) => shareOf(row, part)).join(" / ");
        }),
      ]),
    };
  }

  /** A line per file and engine, with speeds. */
  details(): { readonly header: readonly string[]; readonly rows: Cells } {
    return {
      header: ["file", "engine", "decode tok/s", "of native", "prefill tok/s", "of native"],
      rows: this.#files.flatMap((file) =>
        this.#rows
          .filter((row) => row.file === file)
          .map((row) => [
            file,
            row.engine,
            ...parts.flatMap((part) => [row[part] ? digits(row[part].best) : "–", shareOf(row, part)]),
          ]),
      ),
    };
  }

  /** How near the file's worst figure comes to its bar. */
  #worst(file: string): number {
    const rows = this.#rows.filter((row) => row.file === file);
    return Math.min(...rows.flatMap((row) => parts.map((part) => ofBar(row, part) ?? Infinity)));
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

function ofBar(row: FormatsRow, part: Part): number | undefined {
  const [limit, share] = [limits[row.engine]?.[part], row[part]?.share];
  return limit === undefined || share === undefined ? undefined : share / limit;
}

function reaches(row: FormatsRow, part: Part): boolean | undefined {
  const reached = ofBar(row, part);
  return reached === undefined ? undefined : reached >= 1;
}

function shareOf(row: FormatsRow, part: Part): string {
  const share = row[part]?.share;
  if (share === undefined) return "–";
  return reaches(row, part) === false ? `**${percent(share)}**` : percent(share);
}
