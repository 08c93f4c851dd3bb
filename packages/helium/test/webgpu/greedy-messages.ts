/** A model to generate with. */
export interface GreedyJob {
  readonly folder: string;
  /** Absent: as stored. */
  readonly dtype?: "q8_0" | "q4_0" | "bf16";
  readonly tokens: number;
  /** Tokens that webgpu chooses before the first of them is read. */
  readonly lookahead: number;
  /** Of a storage on webgpu; absent: what the device takes. */
  readonly maxStorageBytes?: number;
}

/** What two runs gave, and what the second took. */
export interface GreedyTokens {
  readonly first: readonly number[];
  readonly again: readonly number[];
  readonly perToken: Readonly<Record<"submits" | "reads" | "replays" | "dispatches" | "bytes", number>>;
  /** Kernels that were compiled when they were needed already. */
  readonly compiledInPlace: number;
  /** Left when the model is disposed. */
  readonly handles: number;
}

export interface GreedyPair {
  readonly wasm: GreedyTokens;
  readonly webgpu: GreedyTokens;
}
