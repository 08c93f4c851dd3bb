import type { Tensor } from "@helium-lm/tensor";
import { narrow, scope, tensor, type Backend } from "@helium-lm/tensor";
import type { RotaryEmbedding } from "./rotary-embedding.ts";

/** Angles of a pass: token n takes row `rows[n]` of the tables. */
export interface RotaryAngles {
  /** `[M, R/2]` */
  readonly cos: Tensor;
  /** `[M, R/2]` */
  readonly sin: Tensor;
  /** `[N]` i32 */
  readonly positions: Tensor;
}

/** Rows of a new table: each time that it grows, recorded passes over it begin anew. */
const FIRST_ROWS = 256;

/** Rows of a table at most; positions beyond it bring their own angles. */
const MOST_ROWS = 2 ** 18;

/**
 * Cosines and sines of every position so far, on the device, so that a pass needs only the positions of its tokens. Made
 * larger by doubling.
 *
 * Where the angles depend on the length that is reached (dynamic, longrope), and for positions that no table can hold,
 * the angles of a pass are a table of its own: `isStable` says which.
 */
export class RopeTable implements Disposable {
  readonly #backend: Backend;
  readonly #rotary: RotaryEmbedding;
  #table: { readonly cos: Tensor; readonly sin: Tensor } | null = null;

  constructor(backend: Backend, rotary: RotaryEmbedding) {
    this.#backend = backend;
    this.#rotary = rotary;
    if (this.isStable) this.#grow(FIRST_ROWS);
  }

  /** A position's angles are the same in every pass. */
  get isStable(): boolean {
    return !this.#rotary.dependsOnLength;
  }

  /**
   * Angles of the tokens at `positions`. The tables are this object's, or of the running scope where they are the pass's own.
   *
   * @param onDevice the same positions, `[N]` i32
   */
  angles(positions: readonly number[], onDevice: Tensor): RotaryAngles {
    let [lowest, highest] = [0, -1];
    for (const position of positions) {
      lowest = Math.min(lowest, position);
      highest = Math.max(highest, position);
    }
    if (!this.isStable || lowest < 0 || highest >= MOST_ROWS) return this.#ownAngles(positions);
    this.#grow(highest + 1);
    const { cos, sin } = this.#table ?? this.#ownAngles([]);
    return { cos, sin, positions: onDevice };
  }

  dispose(): void {
    this.#table?.cos.dispose();
    this.#table?.sin.dispose();
    this.#table = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #ownAngles(positions: readonly number[]): RotaryAngles {
    const {
      cos,
      sin,
      shape: [, N, half],
    } = this.#rotary.cosSin([positions]);
    // In one storage: a kernel has places for few.
    const both = new Float32Array(2 * cos.length);
    both.set(cos);
    both.set(sin, cos.length);
    const table = tensor(this.#backend, both, { shape: [2 * N, half] });
    return {
      cos: narrow(table, 0, 0, N),
      sin: narrow(table, 0, N, N),
      positions: tensor(this.#backend, Int32Array.from(positions.keys()), { dtype: "i32" }),
    };
  }

  #grow(rows: number): void {
    const old = this.#table?.cos.shape[0] ?? 0;
    if (rows <= old) return;
    const made = Math.max(rows, Math.min(MOST_ROWS, 2 * old));
    const table = scope((s) => {
      const { cos, sin } = this.#ownAngles(Array.from({ length: made }, (_, position) => position));
      s.keep(cos);
      s.keep(sin);
      return { cos, sin };
    });
    this.dispose();
    this.#table = table;
  }
}
