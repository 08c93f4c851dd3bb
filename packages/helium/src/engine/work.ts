import type { KvSequence } from "@helium-lm/nn";
import type { RowGreedyWanted, RowWanted } from "./outputs/read-outputs.ts";
import type { GreedyWanted, Output, Wanted } from "./outputs/wanted.ts";

/** A text as a client of the engine keeps it: all its tokens, of which the sequence holds the first ones already. */
export interface EngineRow {
  /** Padding included. */
  readonly ids: readonly number[];
  /** Rotary positions, one for each token. */
  readonly positions: readonly number[];
  /** 0 = nobody sees this token; null: all are seen. */
  readonly visible: readonly number[] | null;
  /** Tokens at the start that are padding and are not computed. */
  readonly skip: number;
  readonly sequence: KvSequence;
  /** Last tokens that are looked at. */
  readonly outputs: number;
  /**
   * So many tokens at its start, padding included, see each other and are read in one piece; each that follows is read alone,
   * as it was when it came, so that a row whose pages were taken becomes what it was. Default: no token sees a later one.
   */
  readonly together?: number | null;
}

/** What a client asks for: what comes after the last tokens of its rows, all of one pool. */
export interface WorkRequest<W extends Wanted = Wanted> {
  readonly rows: readonly EngineRow[];
  /** What is wanted of each token that is looked at. */
  readonly wanted: W;
  /** Tokens of one row that a pass takes at most; null: the engine's pace. */
  readonly chunkSize: number | null;
  /** Its rows are read whole, in passes without other clients. */
  readonly isWhole: boolean;
  /** Its full pages are kept for texts that begin alike under this salt; null: they are not. */
  readonly salt: string | null;
  /** Looked at before every pass that it has a part in. */
  readonly signal?: AbortSignal | undefined;
}

/** A request under way. */
export class Work {
  readonly request: WorkRequest;
  /** Number of the client; the lower one came first. */
  readonly arrival: number;
  /** Runs without others until it succeeds: a pass that it shared has failed. */
  isSuspect = false;
  readonly reject: (error: unknown) => void;
  readonly #outputs: (readonly Output[])[];
  readonly #resolve: (outputs: readonly Output[]) => void;

  constructor(
    request: WorkRequest,
    arrival: number,
    resolve: (outputs: readonly Output[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.request = request;
    this.arrival = arrival;
    this.#outputs = request.rows.map(() => []);
    this.#resolve = resolve;
    this.reject = reject;
  }

  /** Some token of a row was computed before: the client is running, and not waiting for its first pass. */
  get isRunning(): boolean {
    return this.request.rows.some(({ sequence }) => sequence.length > 0);
  }

  /** It has passes of its own. */
  get isAlone(): boolean {
    return this.isSuspect || this.request.isWhole;
  }

  get pool(): KvSequence["pool"] | undefined {
    return this.request.rows[0]?.sequence.pool;
  }

  /** What is wanted of each of a row's last tokens. */
  wantedOf(row: EngineRow): readonly RowWanted[] {
    const { rows, wanted } = this.request;
    const place = rows.indexOf(row);
    return Array.from({ length: row.outputs }, (_, i) => wantedOf(wanted, place, i));
  }

  /** Takes what was wanted of a row; with that of the last row the client goes on. @returns whether it does */
  take(row: EngineRow, outputs: readonly Output[]): boolean {
    const { rows } = this.request;
    // A row that lost its pages before the last one was there comes once more.
    this.#outputs[rows.indexOf(row)] = outputs;
    if (this.#outputs.some((taken, r) => taken.length < (rows[r]?.outputs ?? 0))) return false;
    this.#resolve(this.#outputs.flat());
    return true;
  }
}

function wantedOf(wanted: Wanted, row: number, output: number): RowWanted {
  if (wanted.kind === "greedy") return greedyOf(wanted, row, output);
  if (wanted.kind === "scored")
    return wanted.of.kind === "greedy"
      ? { ...wanted, of: greedyOf(wanted.of, row, output) }
      : { ...wanted, of: wanted.of };
  if (wanted.kind === "logProbs") return { ...wanted, tokens: wanted.tokens[row]?.[output] ?? [] };
  if (wanted.kind !== "sample") return wanted;
  const { uniforms = [], ...sampling } = wanted.rows[row] ?? { temperature: 0, topK: 0, topP: 1 };
  return { kind: "sample", ...sampling, uniform: uniforms[output] ?? 0 };
}

function greedyOf({ kind, accepts }: GreedyWanted, row: number, output: number): RowGreedyWanted {
  return accepts ? { kind, accepts: (token) => accepts(row, output, token) } : { kind };
}

/** What is wanted of the rows of a group, whose row `rowOf(i)` is row i of the request. */
export function wantedOfRows<W extends Wanted>(wanted: W, rowOf: (i: number) => number): W {
  if (wanted.kind === "scored") return { ...wanted, of: wantedOfRows(wanted.of, rowOf) };
  const { accepts }: Pick<GreedyWanted, "accepts"> = wanted.kind === "greedy" ? wanted : {};
  if (!accepts) return wanted;
  return { ...wanted, accepts: (i: number, output: number, token: number) => accepts(rowOf(i), output, token) };
}

/** Tokens of a row that are not computed yet. */
export function tokensLeft({ ids, skip, sequence }: EngineRow): number {
  return ids.length - skip - sequence.length;
}
