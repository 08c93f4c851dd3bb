/**
 * Values of one or more whole blocks into their bytes. The values are finite.
 *
 * @param importance weight of each value's squared error, `null` = all 1
 */
export type RowQuantizer = (values: Float32Array, bytes: Uint8Array, importance: Float32Array | null) => void;

/**
 * `reference` gives the bytes of ggml's reference code; `search` picks the scales that lose least (weighted squared
 * error), never more than the reference where there is one.
 */
export type QuantMethod = "reference" | "search";

/**
 * A block format: a row of `K` weights is `K / blockSize` blocks of `blockBytes`, each with its own scales. Multi-byte
 * fields are little-endian. Layouts as in ggml-common.h and the GGUF specification.
 */
export interface BlockLayout {
  /** Number of the type in ggml.h, as GGUF files have it. */
  readonly ggmlType: number;
  /** Weights per block. */
  readonly blockSize: number;
  readonly blockBytes: number;
  /** Offsets of a block's f16 fields; its other bytes may hold anything. */
  readonly halves: readonly number[];
  /**
   * Weights of whole blocks, each rounded to f32 after every operation, as ggml does it; `out` holds exactly
   * `bytes.length / blockBytes · blockSize`.
   */
  readonly dequantizeRow: (bytes: Uint8Array, out: Float32Array) => void;
}

/** How f32 becomes one format; empty where it is only read. */
export type Quantizers = { readonly [M in QuantMethod]?: RowQuantizer };
