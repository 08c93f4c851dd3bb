import { modes, type Comparison } from "./compare-model.ts";
import { explain, type ExplanationKey } from "./explanations.ts";
import type { ReferenceCases, ReferenceModel } from "./reference-cases.ts";

const { families } = await import("../../packages/helium/src/families/index.ts");

/** Of one family, head, dtype and kind of input. */
interface Cell {
  /** Comparisons on each backend. */
  compared: number;
  /** Mismatches that have an explanation, on the backend with the most. */
  explained: number;
  /** Largest ratio of difference and limit on each backend, without the explained ones. */
  readonly worst: number[];
}

export interface WorstRow {
  readonly model: string;
  readonly seed: number;
  readonly backend: string;
  readonly dtype: string;
  readonly variant: string;
  readonly difference: number | null;
  readonly ratio: number | null;
}

/** What docs/parity-soak.json holds. */
export interface SoakSummary {
  readonly versions: string;
  readonly seeds: readonly number[];
  readonly backends: readonly string[];
  readonly models: number;
  readonly refusedByTransformers: number;
  readonly missing: readonly string[];
  /** Keys of our families that no model had in its config. */
  readonly undrawn: readonly string[];
  readonly comparisons: number;
  readonly explained: Readonly<Partial<Record<ExplanationKey, number>>>;
  readonly unexplained: readonly (WorstRow & { readonly error: string | null })[];
  readonly worst: readonly WorstRow[];
  /** Meaning of the numbers in `cells`. */
  readonly columns: readonly string[];
  /** family → head → dtype → kind of input → numbers */
  readonly cells: Readonly<Record<string, Record<string, Record<string, Record<string, readonly number[]>>>>>;
}

const WORST_ROWS = 12;
const short = (value: number | null): number => Number((value ?? NaN).toPrecision(2));

/** Collects comparisons of every seed and backend. */
export class SoakTally {
  readonly #backends: readonly string[];
  readonly #cells = new Map<string, Cell>();
  readonly #explained = new Map<ExplanationKey, number>();
  readonly #unexplained: (WorstRow & { readonly error: string | null })[] = [];
  readonly #missing = new Set<string>();
  /** `family.key` */
  readonly #drawn = new Set<string>();
  readonly #seeds: number[] = [];
  #worst: (WorstRow & { readonly ratio: number })[] = [];
  #models = 0;
  #refused = 0;
  #comparisons = 0;
  #versions = "";

  constructor(backends: readonly string[]) {
    this.#backends = backends;
  }

  get unexplained(): readonly (WorstRow & { readonly error: string | null })[] {
    return this.#unexplained;
  }

  addSeed({ seed, versions, models, missing, refused }: ReferenceCases): void {
    this.#seeds.push(seed);
    this.#versions = versions;
    this.#models += models.length;
    this.#refused += refused;
    for (const pair of missing) this.#missing.add(pair.join(" "));
    for (const { family, config } of models) for (const key of Object.keys(config)) this.#drawn.add(`${family}.${key}`);
  }

  add(seed: number, model: ReferenceModel, backend: string, comparison: Comparison): void {
    const { mode, variant, difference, ratio, error } = comparison;
    const cell = this.#cell([model.family, model.head, mode, variant]);
    const index = this.#backends.indexOf(backend);
    this.#comparisons += 1;
    if (index === 0) cell.compared += 1;
    const row = { model: model.folder, seed, backend, dtype: mode, variant, difference, ratio };
    const matches = ratio !== null && ratio <= 1;
    const key = matches ? null : explain(comparison, model);
    if (key !== null) {
      if (index === 0) cell.explained += 1;
      this.#explained.set(key, (this.#explained.get(key) ?? 0) + 1);
      return;
    }
    if (!matches) this.#unexplained.push({ ...row, error });
    cell.worst[index] = Math.max(cell.worst[index] ?? 0, ratio ?? Infinity);
    if (matches)
      this.#worst = [...this.#worst, { ...row, ratio }].sort((a, b) => b.ratio - a.ratio).slice(0, WORST_ROWS);
  }

  summary(): SoakSummary {
    const cells: Record<string, Record<string, Record<string, Record<string, number[]>>>> = {};
    for (const [path, { compared, explained, worst }] of this.#cells) {
      const [family = "", head = "", dtype = "", variant = ""] = path.split("|");
      const numbers = [compared, explained, ...this.#backends.map((_, index) => short(worst[index] ?? 0))];
      (((cells[family] ??= {})[head] ??= {})[dtype] ??= {})[variant] = numbers;
    }
    return {
      versions: this.#versions,
      seeds: this.#seeds,
      backends: this.#backends,
      models: this.#models,
      refusedByTransformers: this.#refused,
      missing: [...this.#missing],
      undrawn: Object.entries(families)
        .flatMap(([family, { fields }]) => Object.keys(fields).map((key) => `${family}.${key}`))
        .filter((key) => !this.#drawn.has(key)),
      comparisons: this.#comparisons,
      explained: Object.fromEntries(this.#explained),
      unexplained: this.#unexplained,
      worst: this.#worst.map((row) => ({ ...row, difference: short(row.difference), ratio: short(row.ratio) })),
      columns: ["compared", "explained", ...this.#backends.map((name) => `worst ratio on ${name}`)],
      cells,
    };
  }

  #cell(path: readonly string[]): Cell {
    const key = path.join("|");
    const cell = this.#cells.get(key) ?? { compared: 0, explained: 0, worst: [] };
    this.#cells.set(key, cell);
    return cell;
  }
}

/** Names of the dtypes in the order of the tables. */
export const dtypeNames: readonly string[] = modes.map(({ name }) => name);
