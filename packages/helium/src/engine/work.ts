import type { KvSequence } from "@helium-lm/nn";

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
  /** Last tokens whose logits are wanted. */
  readonly outputs: number;
}

/** What a client asks for: the logits behind the last tokens of its rows, all of one pool. */
export interface WorkRequest {
  readonly rows: readonly EngineRow[];
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
  readonly #logits: Float32Array[][];
  readonly #resolve: (logits: readonly Float32Array[]) => void;

  constructor(
    request: WorkRequest,
    arrival: number,
    resolve: (logits: readonly Float32Array[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.request = request;
    this.arrival = arrival;
    this.#logits = request.rows.map(() => []);
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

  /** Takes the logits of a row; with those of the last row the client goes on. @returns whether it does */
  take(row: EngineRow, logits: readonly Float32Array[]): boolean {
    const { rows } = this.request;
    this.#logits[rows.indexOf(row)]?.push(...logits);
    if (this.#logits.some((taken, r) => taken.length < (rows[r]?.outputs ?? 0))) return false;
    this.#resolve(this.#logits.flat());
    return true;
  }
}

/** Tokens of a row that are not computed yet. */
export function tokensLeft({ ids, skip, sequence }: EngineRow): number {
  return ids.length - skip - sequence.length;
}
