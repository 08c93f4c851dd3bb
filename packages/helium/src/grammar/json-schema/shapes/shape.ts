import type { Formula } from "../keywords/formulas.ts";

/** Whether something holds for every value of a shape (1), for none (−1), or for some, as far as is known (0). */
export type Judgement = -1 | 0 | 1;

/** What has been gathered of one branch: the atoms that hold together. */
export interface Shape<Atom> {
  /** How many parts it has, which is what adding and judging costs. */
  readonly size: number;
  /** Adds an atom; false where no value is left. */
  add(atom: Atom): boolean;
  judge(atom: Atom): Judgement;
  /** What holds where the atom does not. */
  complement(atom: Atom): Formula<Atom>;
  /** Whether every value of the shape satisfies one of these, though none of them holds for all. */
  isCovered(alternatives: readonly Formula<Atom>[]): boolean;
  clone(): Shape<Atom>;
}
