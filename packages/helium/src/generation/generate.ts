import { Rng, type Tensor } from "@helium-lm/tensor";
import type { KvCache } from "@helium-lm/nn";
import { nextChunkSize, Pacer } from "./event-loop.ts";
import {
  resolveGeneration,
  type GenerateOptions,
  type GenerationConfig,
  type GenerationLimits,
  type ResolvedGeneration,
} from "./options.ts";
import { logitsProcessors } from "./processors/index.ts";
import { argmaxRow, sampleRow } from "./sampling.ts";

/** What generation needs of a causal language model. */
export interface GenerativeModel {
  readonly generationConfig: GenerationConfig;
  readonly config: GenerationLimits;
  /** A new, empty cache; the caller disposes it. */
  createCache(): KvCache;
  /** RoPE angles depend on the longest position of a call: a prompt is then read in one piece. */
  readonly anglesDependOnLength: boolean;
  /** Length beyond which a cache made before has other angles and is computed again; null = never. */
  readonly recomputeBeyond: number | null;
  forward(inputs: {
    readonly inputIds: readonly (readonly number[])[];
    readonly attentionMask: readonly (readonly number[])[];
    readonly positionIds: readonly (readonly number[])[];
    readonly pastKeyValues?: KvCache;
    readonly useCache: boolean;
    readonly logitsToKeep: number;
  }): { readonly logits: Tensor };
}

/** One step: the token each row got (the pad token for finished rows). */
export interface GenerationStep {
  readonly tokens: readonly number[];
  /** Rows that are finished after this step. */
  readonly finished: readonly boolean[];
}

export interface GenerateOutput {
  /** Prompt and generated ids per row, finished rows filled with the pad token: `[B][≤ maxLength]`. */
  readonly sequences: number[][];
}

/** Prompt tokens in the first prefill chunk, before the pace is known. */
const FIRST_CHUNK = 8;

/**
 * Generates step by step: greedy, or sampling with temperature, top-k and top-p. Ends when every row has met an eos
 * or `maxLength` is reached; leaving the loop early frees the cache.
 *
 * @throws GenerationError before the first step; the signal's reason when aborted
 */
export async function* generateSteps(model: GenerativeModel, options: GenerateOptions): AsyncGenerator<GenerationStep> {
  const settings = resolveGeneration(options, model.generationConfig, model.config);
  const processors = logitsProcessors(settings);
  const rng = new Rng(settings.seed);
  const pacer = new Pacer(options.signal);
  const state = new DecodingState(model, settings);
  try {
    const finished = settings.inputIds.map(() => false);
    while (state.length < settings.maxLength && finished.includes(false)) {
      const rows = await state.nextLogits(pacer);
      const tokens = rows.map((logits, row) => {
        if (finished[row]) return settings.padTokenId;
        for (const process of processors) process(logits);
        return settings.doSample ? sampleRow(logits, rng) : argmaxRow(logits);
      });
      tokens.forEach((token, row) => {
        finished[row] ||= settings.eosTokenIds.has(token);
      });
      state.append(tokens);
      yield { tokens, finished: [...finished] };
      await pacer.pause();
    }
  } finally {
    state.dispose();
  }
}

/** Runs `generateSteps` to its end. */
export async function generate(model: GenerativeModel, options: GenerateOptions): Promise<GenerateOutput> {
  const { inputIds } = resolveGeneration(options, model.generationConfig, model.config);
  const sequences = inputIds.map((row) => [...row]);
  for await (const { tokens } of generateSteps(model, options)) {
    tokens.forEach((token, row) => sequences[row]?.push(token));
  }
  return { sequences };
}

/** The rows so far, their mask, and the cache of what was already computed. */
class DecodingState {
  readonly #model: GenerativeModel;
  readonly #ids: number[][];
  readonly #mask: number[][];
  readonly #positions: number[][];
  readonly #nextPosition: number[];
  readonly #cache: KvCache | null;

  constructor(model: GenerativeModel, { inputIds, attentionMask, useCache }: ResolvedGeneration) {
    this.#model = model;
    this.#ids = inputIds.map((row) => [...row]);
    this.#mask = attentionMask.map((row) => [...row]);
    this.#positions = attentionMask.map(positionsOf);
    this.#nextPosition = attentionMask.map((row) => row.filter(Boolean).length);
    this.#cache = useCache ? model.createCache() : null;
  }

  get length(): number {
    return this.#ids[0]?.length ?? 0;
  }

  append(tokens: readonly number[]): void {
    tokens.forEach((token, row) => {
      this.#ids[row]?.push(token);
      this.#mask[row]?.push(1);
      const position = this.#nextPosition[row] ?? 0;
      this.#positions[row]?.push(position);
      this.#nextPosition[row] = position + 1;
    });
  }

  /** Logits of the next token of every row, `[B]` rows of V; the prompt is read in chunks so that the event loop turns. */
  async nextLogits(pacer: Pacer): Promise<Float32Array[]> {
    let size = this.#model.anglesDependOnLength ? Infinity : FIRST_CHUNK;
    for (;;) {
      await pacer.pause();
      this.#forgetStaleAngles();
      const start = this.#cache?.length ?? 0;
      const end = this.#cache ? Math.min(start + size, this.length) : this.length;
      const before = performance.now();
      const { logits } = this.#forward(start, end);
      try {
        if (end === this.length) return rowsOf(await logits.data(), this.#ids.length);
        await logits.backend.synchronize();
      } finally {
        logits.dispose();
      }
      size = nextChunkSize(size, performance.now() - before);
    }
  }

  dispose(): void {
    this.#cache?.dispose();
  }

  /** A row that grows over the boundary starts again, with the angles of the longer length. */
  #forgetStaleAngles(): void {
    const boundary = this.#model.recomputeBeyond;
    if (boundary === null || !this.#cache) return;
    const cached = this.#cache.length;
    if (cached > 0 && cached <= boundary && this.length > boundary) this.#cache.reset();
  }

  #forward(start: number, end: number): { readonly logits: Tensor } {
    const cut = (rows: readonly number[][]): number[][] => rows.map((row) => row.slice(start, end));
    return this.#model.forward({
      inputIds: cut(this.#ids),
      attentionMask: this.#mask.map((row) => row.slice(0, end)),
      positionIds: cut(this.#positions),
      ...(this.#cache ? { pastKeyValues: this.#cache } : {}),
      useCache: this.#cache !== null,
      logitsToKeep: 1,
    });
  }
}

/** `cumsum(mask) − 1`, with 0 where the mask is 0. */
function positionsOf(mask: readonly number[]): number[] {
  let seen = 0;
  return mask.map((visible) => (visible ? seen++ : 0));
}

/** `[B, 1, V]` flat → B rows of V, each a copy the processors may change. */
function rowsOf(logits: ArrayLike<number>, batch: number): Float32Array[] {
  const V = logits.length / batch;
  const flat = Float32Array.from(logits);
  return Array.from({ length: batch }, (_, row) => flat.slice(row * V, (row + 1) * V));
}
