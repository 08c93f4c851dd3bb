import type { Candidates, CandidatesWanted, GreedyWanted } from "../../engine/outputs/wanted.ts";
import { GenerationError } from "../../errors.ts";
import { nothingLeft } from "../finite-scores.ts";
import type { ResolvedGeneration } from "../options/resolved-generation.ts";
import { allowedCandidates } from "./allowed-candidates.ts";
import type { ConstrainedRows } from "./constrained-rows.ts";
import type { Place } from "./place.ts";

/** What is looked at of a generation. */
interface Run {
  readonly settings: Pick<ResolvedGeneration, "grammar" | "promptLength">;
  readonly state: { readonly rows: readonly (readonly number[])[] };
  readonly skipsForced: boolean;
}

const placeOf = ({ settings, state }: Run, ids: readonly number[], row: number): Place | null =>
  settings.grammar?.place(ids, row, state.rows.length) ?? null;

/** The token that has to follow a row; null where there is a choice, or where nothing is skipped. */
export function forcedToken(run: Run, ids: readonly number[], row: number): number | null {
  return run.skipsForced ? (placeOf(run, ids, row)?.forced[0] ?? null) : null;
}

/** The start of a draft that the row's grammar allows. */
export function draftable(run: Run, tokens: readonly number[], ids: readonly number[], row: number): readonly number[] {
  const place = placeOf(run, ids, row);
  return place ? (run.settings.grammar?.draftable(place, tokens) ?? tokens) : tokens;
}

/** A draft may go on behind a row. */
export function isOpen(run: Run, ids: readonly number[], row: number): boolean {
  const place = placeOf(run, ids, row);
  return !place || (place.forced.length === 0 && place.state?.isComplete !== true);
}

/** Which tokens may stand at the last `outputs[row]` places of the rows. */
export function accepting(
  grammar: ConstrainedRows,
  rows: readonly (readonly number[])[],
  outputs: readonly number[],
): NonNullable<GreedyWanted["accepts"]> {
  return (row, output, token) => {
    const ids = rows[row] ?? [];
    const length = ids.length + 1 + output - (outputs[row] ?? 1);
    return grammar.allows(grammar.place(ids, row, rows.length, length), token);
  };
}

/** The allowed token with the largest logit. @throws GenerationError where none is left */
export function likeliestAllowed(run: Run, logits: Float32Array, ids: readonly number[], row: number): number {
  const { grammar, promptLength } = run.settings;
  const place = placeOf(run, ids, row);
  if (!grammar || !place) return -1;
  grammar.checkOpen(place, row, ids.length);
  const token = grammar.likeliest(place, logits);
  if (token < 0) throw nothingLeft(ids.length, { step: ids.length - promptLength, row });
  return token;
}

/** The largest logits of a row that its grammar allows. @throws GenerationError where there are none */
export function candidatesOf(
  run: Run,
  logits: Float32Array,
  wanted: CandidatesWanted,
  ids: readonly number[],
  row: number,
): Candidates | Float32Array {
  const { grammar } = run.settings;
  const place = placeOf(run, ids, row);
  if (!grammar || !place) return logits;
  grammar.checkOpen(place, row, ids.length);
  return allowedCandidates(grammar, place, logits, wanted);
}

/** @throws GenerationError for a token that the grammar refuses: nothing that was chosen may be wrong */
export function checkChosen(run: Run, token: number, ids: readonly number[], row: number): void {
  const place = placeOf(run, ids, row);
  if (!place || run.settings.grammar?.allows(place, token)) return;
  throw new GenerationError(
    "grammar",
    `token ${token} was chosen in row ${row} after ${ids.length} tokens, but the grammar does not allow it there; this is a fault of Helium LM, please report it`,
    { row, token, length: ids.length },
  );
}
