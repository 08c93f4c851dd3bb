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

/** Tokens of a row in the first prefill chunk, before the pace is known. */
const FIRST_CHUNK = 8;

/** Rows in one forward pass: enough to be as fast as more would be, few enough to keep the event loop alive. */
const ROWS_AT_ONCE = 64;

/** Slots of every row, and how many of the last positions have logits. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly logitsToKeep: number;
}

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
      // Behind padding, whose position is 0, transformers counts on from there too.
      this.#positions[row]?.push((this.#positions[row]?.at(-1) ?? 0) + 1);
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
      const { output, elapsed } = await this.#read({ start, end, logitsToKeep: isLast ? positions : 1 }, pacer);
      if (isLast) return { ...output, logits: this.#repeated(output.logits) };
      disposeStates(output);
      if (this.#start.prefillChunkSize === null) size = nextChunkSize(size, elapsed);
    }
  }

  /** One stretch of all rows, in as many passes as they need; after a failure the cache is as before. */
  async #read(stretch: Stretch, pacer: Pacer): Promise<{ readonly output: StepOutput; readonly elapsed: number }> {
    const rows = this.#ids.length / this.#equalRows;
    const most = this.#rowsAtOnce(rows);
    const logits: Float32Array[] = [];
    if (rows > most && this.#cache?.batchSize === 0) this.#cache.addRows(rows);
    try {
      for (let from = 0; ; from += most) {
        const before = performance.now();
        const to = Math.min(from + most, rows);
        const output = await this.#readRows(stretch, from, to);
        for (const row of output.logits) logits.push(row);
        if (to === rows) return { output: { ...output, logits }, elapsed: performance.now() - before };
        await pacer.pause();
      }
    } catch (error) {
      this.#cache?.truncate(stretch.start);
      throw error;
    }
  }

  /** A pass over rows from … to−1; logits only where the stretch is the last one. */
  async #readRows(stretch: Stretch, from: number, to: number): Promise<StepOutput> {
    const { logitsToKeep, end } = stretch;
    const cache = this.#cache;
    const pass = (): ForwardOutput => this.#forward(stretch, from, to);
    const output = cache && cache.batchSize > to - from ? cache.withRows(from, to, pass) : pass();
    try {
      const isLast = end === this.length;
      if (!isLast) await output.logits.backend.synchronize();
      const logits = isLast ? rowsOf(await output.logits.data(), (to - from) * logitsToKeep) : [];
      return { logits, hiddenStates: output.hiddenStates, attentions: output.attentions };
    } catch (error) {
      disposeStates(output);
      throw error;
    } finally {
      output.logits.dispose();
    }
  }

  /** All of them where a pass gives one tensor of states, or angles that the longest row decides. */
  #rowsAtOnce(rows: number): number {
    const { outputHiddenStates, outputAttentions } = this.#start;
    return outputHiddenStates || outputAttentions || this.#model.anglesDependOnLength ? rows : ROWS_AT_ONCE;
  }

  /** Frees the cache. One that the caller gave stays, and after a failure has what it came with. */
  dispose(isFailed: boolean): void {
    const given = this.#start.cache;
    if (!given) this.#cache?.dispose();
    else if (isFailed && this.#given.rows === 0) given.reset();
    else if (isFailed) given.truncate(this.#given.length);
  }

  #firstChunk(): number {
    const { prefillChunkSize, outputHiddenStates, outputAttentions } = this.#start;
    if (this.#model.anglesDependOnLength) return Infinity;
    if (prefillChunkSize !== null) return prefillChunkSize;
    if (outputHiddenStates || outputAttentions) return Infinity;
    const rows = Math.min(this.#ids.length / this.#equalRows, ROWS_AT_ONCE);
    return Math.max(1, Math.floor((FIRST_CHUNK * FIRST_CHUNK) / Math.max(rows, FIRST_CHUNK)));
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

  #forward({ start, end, logitsToKeep }: Stretch, from: number, to: number): ForwardOutput {
    // Of equal rows the first stands for all.
    const cut = (rows: readonly number[][], slot: number): number[][] =>
      Array.from({ length: to - from }, (_, i) => (rows[(from + i) * this.#equalRows] ?? []).slice(slot, end));
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
