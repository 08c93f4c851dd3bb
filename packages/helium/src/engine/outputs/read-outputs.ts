import { argmax, max, narrow, sampleTokens, Scope, tensor, type Tensor } from "@helium-lm/tensor";
import type { Follow } from "@helium-lm/nn";
import type { NamedFollow } from "../pass-inputs.ts";
import { readCandidates, readRows, valuesOf } from "./read-candidates.ts";
import { readLogProbs, type RowLogProbsWanted } from "./read-log-probs.ts";
import { readTop } from "./read-top.ts";
import type {
  CandidatesWanted,
  Choice,
  LogitsWanted,
  Output,
  RowSampling,
  Scored,
  ScoredWanted,
  StatesWanted,
  TopWanted,
} from "./wanted.ts";

/** One row of a sample. */
export interface DrawWanted extends Omit<RowSampling, "uniforms"> {
  readonly kind: "sample";
  readonly uniform: number;
}

/** The likeliest token of one row. */
export interface RowGreedyWanted {
  readonly kind: "greedy";
  /** Where the token is not accepted, the row's logits come too. */
  readonly accepts?: (token: number) => boolean;
}

/** A row's own kind, and beside it the likeliest tokens. */
export interface RowScoredWanted extends Omit<ScoredWanted, "of"> {
  readonly of: LogitsWanted | RowGreedyWanted | CandidatesWanted;
}

/** What is wanted of one row of logits. */
export type RowWanted =
  | LogitsWanted
  | RowGreedyWanted
  | DrawWanted
  | TopWanted
  | CandidatesWanted
  | RowLogProbsWanted
  | RowScoredWanted
  | StatesWanted;

/**
 * What is wanted of each row of logits `[M, V]`. Rows that follow one another and want the same kind are one op; all of them
 * run before the first result is awaited, and of a row that wants no logits none come to the host.
 *
 * @param made what `followOf(wanted)` has made of the logits already
 */
export async function readOutputs(
  logits: Tensor,
  wanted: readonly RowWanted[],
  made: readonly Tensor[] = [],
): Promise<readonly Output[]> {
  if (made.length > 0) return readChoices(logits, made, wanted);
  const stretches = stretchesOf(wanted, kindOf);
  if (stretches.length === 1) return readStretch(logits, wanted);
  using parts = new Scope();
  const outputs = stretches.map(({ start, rows }) =>
    readStretch(
      parts.run(() => narrow(logits, 0, start, rows.length)),
      rows,
    ),
  );
  return (await Promise.all(outputs)).flat();
}

/**
 * The same of hidden states `[M, C]`: those that are wanted themselves, and what is wanted of the logits of the others.
 *
 * @param project logits of states, `[m, C]` → `[m, V]`
 */
export async function readStates(
  states: Tensor,
  wanted: readonly RowWanted[],
  project: (states: Tensor) => Tensor,
): Promise<readonly Output[]> {
  using parts = new Scope();
  const outputs = stretchesOf(wanted, (row) => String(isStates(row))).map(({ start, rows }) => {
    const own = parts.run(() => narrow(states, 0, start, rows.length));
    if (rows.every(isStates)) return readRows(own);
    return readOutputs(
      parts.run(() => project(own)),
      rows,
    );
  });
  return (await Promise.all(outputs)).flat();
}

interface Stretch {
  readonly start: number;
  readonly rows: RowWanted[];
}

/** Rows that follow one another and are the same by `of`. */
function stretchesOf(wanted: readonly RowWanted[], of: (row: RowWanted) => string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  wanted.forEach((row, start) => {
    const last = stretches.at(-1);
    if (last?.rows[0] && of(last.rows[0]) === of(row)) last.rows.push(row);
    else stretches.push({ start, rows: [row] });
  });
  return stretches;
}

const kindOf = (row: RowWanted): string => (row.kind === "scored" ? `scored ${row.of.kind}` : row.kind);

/** Rows of one kind. */
async function readStretch(logits: Tensor, rows: readonly RowWanted[]): Promise<readonly Output[]> {
  const [draws, tops, candidates] = [rows.filter(isDraw), rows.filter(isTop), rows.filter(isCandidates)];
  const [scored, likelihoods] = [rows.filter(isScored), rows.filter(isLogProbs)];
  if (scored.length > 0) return readScored(logits, scored);
  if (candidates.length > 0) return readCandidates(logits, candidates);
  if (likelihoods.length > 0) return readLogProbs(logits, likelihoods);
  if (draws.length > 0) return choose(logits, rows, () => [draw(logits, draws), max(logits, -1)]);
  if (tops.length > 0) return readTop(logits, tops);
  return rows[0]?.kind === "greedy" ? choose(logits, rows, () => likeliest(logits)) : readRows(logits);
}

const isDraw = (row: RowWanted): row is DrawWanted => row.kind === "sample";
const isTop = (row: RowWanted): row is TopWanted => row.kind === "top";
const isLogProbs = (row: RowWanted): row is RowLogProbsWanted => row.kind === "logProbs";
export const isStates = (row: RowWanted): row is StatesWanted => row.kind === "states";
const isScored = (row: RowWanted): row is RowScoredWanted => row.kind === "scored";
const isCandidates = (row: RowWanted): row is CandidatesWanted => row.kind === "candidates";

/** The token of each row, i32 `[M]`, and its logit. */
const likeliest: Follow = (logits) => [argmax(logits, -1), max(logits, -1)];

const greedyFollow: NamedFollow = { name: "greedy", follow: likeliest, choosesTokens: true };

/** A pass whose states are read makes nothing else of them. */
const statesFollow: NamedFollow = { name: "states", follow: () => [], choosesTokens: false };

/** What a pass can make itself of what is wanted, the same each time; null: nothing. */
export function followOf(wanted: readonly RowWanted[]): NamedFollow | null {
  if (wanted.some(isStates)) return statesFollow;
  return wanted.length > 0 && wanted.every(({ kind }) => kind === "greedy") ? greedyFollow : null;
}

/** @param make the token of each row, i32 `[M]`, and the largest logit */
async function choose(
  logits: Tensor,
  rows: readonly RowWanted[],
  make: () => readonly Tensor[],
): Promise<readonly Choice[]> {
  using made = new Scope();
  return await readChoices(logits, made.run(make), rows);
}

/** @param chosen the token of each row, i32 `[M]`, and the largest logit */
async function readChoices(
  logits: Tensor,
  chosen: readonly Tensor[],
  rows: readonly RowWanted[],
): Promise<readonly Choice[]> {
  using made = new Scope();
  const [tokens, largest] = await valuesOf(chosen);
  const choices: Choice[] = [];
  for (const [m, token] of tokens?.entries() ?? []) {
    const isPlain = Number.isFinite(largest?.[m]) && isAccepted(rows[m], token);
    const [row = null] = isPlain ? [] : await readRows(made.run(() => narrow(logits, 0, m, 1)));
    choices.push({ token, logits: row });
  }
  return choices;
}

const isAccepted = (row: RowWanted | undefined, token: number): boolean =>
  row?.kind !== "greedy" || row.accepts?.(token) !== false;

function draw(logits: Tensor, rows: readonly DrawWanted[]): Tensor {
  const column = (of: (row: DrawWanted) => number, dtype: "f32" | "i32" = "f32"): Tensor =>
    tensor(logits.backend, rows.map(of), { dtype });
  return sampleTokens(logits, {
    temperature: column(({ temperature }) => temperature),
    topK: column(({ topK }) => topK, "i32"),
    topP: column(({ topP }) => topP),
    uniform: column(({ uniform }) => uniform),
  });
}

async function readScored(logits: Tensor, rows: readonly RowScoredWanted[]): Promise<readonly Output[]> {
  const [outputs, tops] = await Promise.all([
    readStretch(
      logits,
      rows.map((row) => row.of),
    ),
    readTop(
      logits,
      rows.map(({ k }) => ({ kind: "top", k })),
    ),
  ]);
  // Outputs are of the kind that was wanted.
  return tops.map((top, m) => ({ output: outputs[m] as Scored["output"], top }));
}
