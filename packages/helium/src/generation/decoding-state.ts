import type { KvCache, KvDType } from "@helium-lm/nn";
import { nextChunkSize, type Pacer } from "./event-loop.ts";
import type { ForwardOutput, GenerativeModel } from "./generative-model.ts";

/** What decoding starts from. */
export interface DecodingStart {
  /** Prompts `[B][T]`. */
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  /** Rows per prompt. */
  readonly copies: number;
  readonly useCache: boolean;
  /** The caller's cache; it is not disposed here. */
  readonly cache: KvCache | null;
  /** Storage of a cache made here; null: the model's choice. */
  readonly kvDType: KvDType | null;
  /** Longest row that will be decoded. */
  readonly maxLength: number;
  readonly prefillChunkSize: number | null;
  readonly outputHiddenStates: boolean;
  readonly outputAttentions: boolean;
}

/** What the model says after the rows so far. */
export interface StepOutput {
  /** Logits `[V]` of each row, or of each of the last positions of the one row; copies that may be changed. */
  readonly logits: readonly Float32Array[];
  /** Those of the tokens that were read last, the whole prompt or its last chunk; the taker disposes them. */
  readonly hiddenStates: ForwardOutput["hiddenStates"];
  readonly attentions: ForwardOutput["attentions"];
}

/** Prompt tokens in the first prefill chunk, before the pace is known. */
const FIRST_CHUNK = 8;

/** The rows so far, their mask, and the cache of what was already computed. */
export class DecodingState {
  readonly #model: GenerativeModel;
  readonly #start: DecodingStart;
  readonly #cache: KvCache | null;
  /** Slots and rows that the caller's cache came with. */
  readonly #given: { readonly length: number; readonly rows: number };
  /** Rows that are still the same: the prompt is read once for each group of this size. */
  #equalRows: number;
  #ids: number[][];
  #mask: number[][];
  #positions: number[][];

  constructor(model: GenerativeModel, start: DecodingStart) {
    const copies = <T>(rows: readonly (readonly T[])[]): T[][] =>
      rows.flatMap((row) => Array.from({ length: start.copies }, () => [...row]));
    this.#model = model;
    this.#start = start;
    this.#ids = copies(start.inputIds);
    this.#mask = copies(start.attentionMask);
    this.#positions = copies(start.attentionMask.map(positionsOf));
    this.#cache = start.useCache ? (start.cache ?? newCache(model, start)) : null;
    this.#given = { length: start.cache?.length ?? 0, rows: start.cache?.batchSize ?? 0 };
    const showsStates = start.outputHiddenStates || start.outputAttentions;
    this.#equalRows = this.#cache && !showsStates ? start.copies : 1;
  }

  /** Tokens per row, the prompt included. */
  get length(): number {
    return this.#ids[0]?.length ?? 0;
  }

  /** Only the last token of each row is not computed yet. */
  get isPrefilled(): boolean {
    return this.#cache !== null && this.#cache.length === this.length - 1;
  }

  /** The rows, `[B · copies][length]`. */
  get rows(): readonly (readonly number[])[] {
    return this.#ids;
  }

  /** One token more for each row. */
  append(tokens: readonly number[]): void {
    tokens.forEach((token, row) => {
      const last = (this.#mask[row] ?? []).findLastIndex(Boolean);
      this.#positions[row]?.push(last < 0 ? 0 : (this.#positions[row]?.[last] ?? 0) + 1);
      this.#ids[row]?.push(token);
      this.#mask[row]?.push(1);
    });
  }

  /** Cuts every row to `length` tokens. */
  truncate(length: number): void {
    for (const row of [...this.#ids, ...this.#mask, ...this.#positions]) row.length = Math.min(row.length, length);
    this.#cache?.crop(Math.max(0, this.#cache.length - length));
  }

  /** Row i becomes a copy of the old row `parents[i]`; in the cache only page tables change. */
  select(parents: readonly number[]): void {
    if (parents.every((parent, row) => parent === row)) return;
    const pick = (rows: readonly number[][]): number[][] => parents.map((parent) => [...(rows[parent] ?? [])]);
    this.#ids = pick(this.#ids);
    this.#mask = pick(this.#mask);
    this.#positions = pick(this.#positions);
    this.#cache?.select(parents);
  }

  /**
   * What comes after each row; the prompt is read in chunks so that the event loop turns.
   *
   * @param positions with one row that is prefilled up to these: logits after each of its last tokens
   */
  async next(pacer: Pacer, positions = 1): Promise<StepOutput> {
    let size = positions > 1 ? Infinity : this.#firstChunk();
    for (;;) {
      await pacer.pause();
      this.#forgetStaleAngles();
      const start = this.#cache?.length ?? 0;
      const end = this.#cache ? Math.min(start + size, this.length) : this.length;
      const isLast = end === this.length;
      const before = performance.now();
      const output = this.#forward(start, end, isLast ? positions : 1);
      try {
        if (isLast) {
          const logits = rowsOf(await output.logits.data(), (this.#ids.length / this.#equalRows) * positions);
          const { hiddenStates, attentions } = output;
          return { logits: this.#repeated(logits), hiddenStates, attentions };
        }
        await output.logits.backend.synchronize();
        disposeStates(output);
      } catch (error) {
        disposeStates(output);
        throw error;
      } finally {
        output.logits.dispose();
      }
      if (this.#start.prefillChunkSize === null) size = nextChunkSize(size, performance.now() - before);
    }
  }

  /** Frees the cache. One that the caller gave stays, and after a failure has what it came with. */
  dispose(isFailed: boolean): void {
    const given = this.#start.cache;
    if (!given) this.#cache?.dispose();
    else if (isFailed && this.#given.rows === 0) given.reset();
    else if (isFailed) given.crop(Math.max(0, given.length - this.#given.length));
  }

  #firstChunk(): number {
    const { prefillChunkSize, outputHiddenStates, outputAttentions } = this.#start;
    if (this.#model.anglesDependOnLength) return Infinity;
    return prefillChunkSize ?? (outputHiddenStates || outputAttentions ? Infinity : FIRST_CHUNK);
  }

  /** Equal rows were computed once: now each gets its own. */
  #repeated(logits: readonly Float32Array[]): readonly Float32Array[] {
    const times = this.#equalRows;
    if (times === 1) return logits;
    this.#equalRows = 1;
    this.#cache?.repeatInterleave(times);
    return logits.flatMap((row) => Array.from({ length: times }, () => row.slice()));
  }

  /** A row that grows over the boundary starts again, with the angles of the longer length. */
  #forgetStaleAngles(): void {
    const boundary = this.#model.recomputeBeyond;
    if (boundary === null || !this.#cache) return;
    const cached = this.#cache.length;
    if (cached > 0 && cached <= boundary && this.length > boundary) this.#cache.reset();
  }

  #forward(start: number, end: number, logitsToKeep: number): ForwardOutput {
    const cut = (rows: readonly number[][], from: number): number[][] =>
      rows.filter((_, row) => row % this.#equalRows === 0).map((row) => row.slice(from, end));
    const { outputHiddenStates, outputAttentions } = this.#start;
    return this.#model.forward({
      inputIds: cut(this.#ids, start),
      attentionMask: cut(this.#mask, 0),
      positionIds: cut(this.#positions, start),
      ...(this.#cache ? { pastKeyValues: this.#cache } : {}),
      useCache: this.#cache !== null,
      logitsToKeep,
      outputHiddenStates,
      outputAttentions,
    });
  }
}

/** The last token of a row needs no slot. */
function newCache(model: GenerativeModel, { inputIds, copies, kvDType, maxLength }: DecodingStart): KvCache {
  const slots = inputIds.length * copies * Math.max(1, maxLength - 1);
  return model.createCache({ slots, ...(kvDType && { kvDType }) });
}

/** Frees the states of a pass. */
export function disposeStates({ hiddenStates, attentions }: Pick<ForwardOutput, "hiddenStates" | "attentions">): void {
  for (const state of [...(hiddenStates ?? []), ...(attentions ?? [])]) state?.dispose();
}

/** `cumsum(mask) − 1`, with 0 where the mask is 0. */
function positionsOf(mask: readonly number[]): number[] {
  let seen = 0;
  return mask.map((visible) => (visible ? seen++ : 0));
}

/** `[B, n, V]` flat → B·n rows of V, each a copy the processors may change. */
function rowsOf(logits: ArrayLike<number>, count: number): Float32Array[] {
  const V = logits.length / count;
  const flat = Float32Array.from(logits);
  return Array.from({ length: count }, (_, row) => flat.slice(row * V, (row + 1) * V));
}
