import { RopeError } from "../errors.ts";
import { schemeOf } from "./frequencies.ts";
import type { RopeContext, RopeFrequencies, RopeParameters, RopeScheme } from "./parameters.ts";

const f32 = Math.fround;

/** Angles of one call, row-major. */
export interface CosSin {
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  /** `[B, T, rotaryDim/2]` */
  readonly shape: readonly [number, number, number];
}

/**
 * Host tables of cos and sin for rotary position embedding.
 *
 * Stateful for `dynamic` alone: it keeps the longest length seen, and falls back below `maxPositionEmbeddings`. The
 * length of a call is its largest position + 1, over all rows of the batch.
 */
export class RotaryEmbedding {
  readonly #parameters: RopeParameters;
  readonly #context: RopeContext;
  readonly #scheme: RopeScheme<RopeParameters>;
  #lengthInUse: number | undefined;
  #frequencies: RopeFrequencies;

  /** @throws RopeError for an unknown type, a missing key or a value outside its domain */
  constructor(parameters: RopeParameters, context: RopeContext) {
    this.#parameters = parameters;
    this.#context = context;
    this.#scheme = schemeOf(parameters);
    this.#frequencies = this.#scheme.frequencies(parameters, context, undefined);
  }

  /** The frequencies in use since the last call, `[rotaryDim/2]`. */
  get invFreq(): Float32Array {
    return this.#frequencies.invFreq;
  }

  /** The frequencies follow the longest position of a call (dynamic, longrope). */
  get dependsOnLength(): boolean {
    return this.#scheme.lengthInUse !== undefined;
  }

  get attentionScaling(): number {
    return this.#frequencies.attentionScaling;
  }

  /**
   * `cos(position · inv_freq) · attentionScaling` and the same with sin. The angle is a float32 product whatever the
   * model's dtype, as in training.
   *
   * @param positions `[B][T]` whole numbers, or a flat row-major array of `batch` rows
   * @throws RopeError for ragged rows or a position that is not a whole number
   */
  cosSin(positions: Int32Array | readonly (readonly number[])[], batch = 1): CosSin {
    const { flat, rows, columns } = flatten(positions, batch);
    this.#reach(flat);
    const { invFreq, attentionScaling } = this.#frequencies;
    const half = invFreq.length;
    const cos = new Float32Array(flat.length * half);
    const sin = new Float32Array(flat.length * half);
    const scale = f32(attentionScaling);
    flat.forEach((position, row) => {
      const start = row * half;
      const exact = f32(position);
      invFreq.forEach((frequency, i) => {
        const angle = f32(exact * frequency);
        cos[start + i] = f32(Math.cos(angle)) * scale;
        sin[start + i] = f32(Math.sin(angle)) * scale;
      });
    });
    return { cos, sin, shape: [rows, columns, half] };
  }

  /** Brings the frequencies to the length that these positions reach. */
  #reach(positions: readonly number[] | Int32Array): void {
    if (this.#scheme.lengthInUse === undefined || positions.length === 0) return;
    let seqLen = 0;
    for (const position of positions) seqLen = Math.max(seqLen, position + 1);
    const length = this.#scheme.lengthInUse(this.#parameters, this.#context, seqLen, this.#lengthInUse);
    if (length === this.#lengthInUse) return;
    this.#lengthInUse = length;
    this.#frequencies = this.#scheme.frequencies(this.#parameters, this.#context, length);
  }
}

function flatten(
  positions: Int32Array | readonly (readonly number[])[],
  batch: number,
): { flat: Int32Array | number[]; rows: number; columns: number } {
  if (positions instanceof Int32Array) {
    const columns = positions.length / batch;
    if (!Number.isInteger(columns)) {
      throw new RopeError("rope positions", `${positions.length} positions do not split into ${batch} rows`, {
        given: positions.length,
        batch,
      });
    }
    return { flat: positions, rows: batch, columns };
  }
  const columns = positions[0]?.length ?? 0;
  for (const [index, row] of positions.entries()) {
    if (row.length !== columns) {
      throw new RopeError(
        "rope positions",
        `row ${index} has ${row.length} positions, but row 0 has ${columns}; pad the rows to one length`,
        {
          given: row.length,
          expected: columns,
        },
      );
    }
    const odd = row.find((position) => !Number.isSafeInteger(position));
    if (odd !== undefined) {
      throw new RopeError("rope positions", `must be whole numbers, given ${String(odd)} in row ${index}`, {
        given: odd,
      });
    }
  }
  return { flat: positions.flat(), rows: positions.length, columns };
}
