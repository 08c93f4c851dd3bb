import type { KvCache, KvDType } from "@helium-lm/nn";
import type { Pacer } from "../event-loop.ts";
import type { ForwardOutput, GenerativeModel } from "../generation/generative-model.ts";
import { checkFits } from "./engine-storage.ts";
import type { ClientEngine, ClientUsage, EngineClient } from "./engine-client.ts";
import type { OutputOf, Wanted } from "./outputs/wanted.ts";
import { tokensLeft, wantedOfRows, type EngineRow } from "./work.ts";

/** What the rows of a generation start from. */
export interface GroupStart {
  /** Prompts `[B][T]`. */
  readonly inputIds: readonly (readonly number[])[];
  readonly attentionMask: readonly (readonly number[])[];
  /** Rows per prompt. */
  readonly copies: number;
  readonly useCache: boolean;
  /** Computes the rows; null: the model's own. */
  readonly engine: ClientEngine | null;
  /** The caller's cache; it is not disposed here. */
  readonly cache: KvCache | null;
  /** Storage of keys and values in the engine's pages; null: the engine's choice. */
  readonly kvDType: KvDType | null;
  /** Longest row that will be decoded. */
  readonly maxLength: number;
  /** Stored starts of texts are shared among rows with the same one. */
  readonly cacheSalt: string;
  readonly prefillChunkSize: number | null;
  readonly outputHiddenStates: boolean;
  readonly outputAttentions: boolean;
}

/** What the model says after the rows so far. */
export interface StepOutput {
  /** Logits `[V]` of each row; arrays that may be changed. */
  readonly logits: readonly Float32Array[];
  /** Those of the tokens that were read last; whoever takes them disposes them. */
  readonly hiddenStates: ForwardOutput["hiddenStates"];
  readonly attentions: ForwardOutput["attentions"];
}

/** Rows that go forward together, as a client of the model's engine. */
export class SequenceGroup {
  readonly #model: GenerativeModel;
  readonly #start: GroupStart;
  readonly #client: EngineClient;
  readonly #signal: AbortSignal | undefined;
  /** Slots and rows that the caller's cache came with. */
  readonly #given: { readonly length: number; readonly rows: number };
  readonly #showsStates: boolean;
  /** Rows that are still the same: the prompt is read once for each group of this size. */
  #equalRows: number;
  #ids: number[][];
  #mask: number[][];
  #positions: number[][];

  /** @throws what the engine says of rows that it can never hold */
  constructor(model: GenerativeModel, start: GroupStart, signal?: AbortSignal) {
    const { copies, cache, kvDType } = start;
    const copied = <T>(rows: readonly (readonly T[])[]): T[][] =>
      rows.flatMap((row) => Array.from({ length: copies }, () => [...row]));
    this.#model = model;
    this.#start = start;
    this.#signal = signal;
    this.#ids = copied(start.inputIds);
    this.#mask = copied(start.attentionMask);
    this.#positions = copied(start.attentionMask.map(positionsOf));
    this.#given = { length: cache?.length ?? 0, rows: cache?.batchSize ?? 0 };
    this.#showsStates = start.outputHiddenStates || start.outputAttentions;
    this.#equalRows = this.#showsStates || !start.useCache ? 1 : copies;
    // The last token of a row needs no slot.
    const longest = Math.max(1, start.maxLength - 1);
    const slots = this.#ids.length * longest;
    const engine = start.engine ?? model.ownEngine;
    this.#client = engine.open({ cache, slots, longest, salt: start.cacheSalt, ...(kvDType && { kvDType }) });
    try {
      if (this.#client.pool) checkFits(this.#client.pool, start.maxLength, this.#ids.length);
    } catch (error) {
      this.#client.close();
      throw error;
    }
  }

  /** Tokens of the longest row, the prompt included. */
  get length(): number {
    return Math.max(...this.#ids.map((row) => row.length));
  }

  /** Only the last token of each row is not computed yet. */
  get isPrefilled(): boolean {
    return this.#equalRows === 1 && this.#engineRows([]).every((row) => tokensLeft(row) === 1);
  }

  /** What the rows have cost so far. */
  get usage(): ClientUsage {
    return this.#client.usage;
  }

  /** The rows, `[B · copies][length]`. */
  get rows(): readonly (readonly number[])[] {
    return this.#ids;
  }

  /** Rows of others in the same engine. */
  get neighbours(): number {
    return this.#client.neighbours;
  }

  /** Tells the engine of tokens that were tried, and how many of them stayed. */
  countDraft(drafted: number, accepted: number): void {
    this.#client.countDraft(drafted, accepted);
  }

  /** Tells the engine of tokens that were added without being chosen. */
  countForced(tokens: number): void {
    this.#client.countForced(tokens);
  }

  /** One token more for each row. */
  append(tokens: readonly number[]): void {
    tokens.forEach((token, row) => this.extend(row, [token]));
  }

  /** More tokens for one row; the others may stay shorter. */
  extend(row: number, tokens: readonly number[]): void {
    for (const token of tokens) {
      // Behind padding, whose position is 0, transformers counts on from there too.
      this.#positions[row]?.push((this.#positions[row]?.at(-1) ?? 0) + 1);
      this.#ids[row]?.push(token);
      this.#mask[row]?.push(1);
    }
  }

  /** Cuts one row to `length` tokens. The rows must be prefilled. */
  truncate(row: number, length: number): void {
    for (const list of [this.#ids, this.#mask, this.#positions]) {
      const values = list[row];
      if (values) values.length = Math.min(values.length, length);
    }
    const { sequence, skip } = this.#engineRow(row, 0);
    sequence.truncate(Math.max(0, length - skip));
  }

  /** Row i becomes a copy of the old row `parents[i]`; of keys and values only page tables change. */
  select(parents: readonly number[]): void {
    if (parents.every((parent, row) => parent === row)) return;
    const pick = (rows: readonly number[][]): number[][] => parents.map((parent) => [...(rows[parent] ?? [])]);
    this.#ids = pick(this.#ids);
    this.#mask = pick(this.#mask);
    this.#positions = pick(this.#positions);
    if (this.#client.cache.batchSize > 0) this.#client.cache.select(parents);
  }

  /**
   * What comes after each row.
   *
   * @param live rows that are computed; the logits of the others are 0
   */
  async next(pacer: Pacer, live?: readonly boolean[]): Promise<StepOutput> {
    if (this.#showsStates) {
      await pacer.pause();
      return this.#forward();
    }
    const rows = await this.nextOfEach(
      pacer,
      this.#ids.map((_, row) => Number(live?.[row] !== false)),
    );
    const V = rows.find((row) => row.length > 0)?.[0]?.length ?? 0;
    const logits = rows.map(([row]) => row ?? new Float32Array(V));
    return { logits, hiddenStates: null, attentions: null };
  }

  /**
   * Logits after each of the last `outputs[row]` tokens of each row; a row with 0 is not computed.
   *
   * @param outputs 1 for each row until the rows are prefilled
   */
  async nextOfEach(pacer: Pacer, outputs: readonly number[]): Promise<readonly (readonly Float32Array[])[]> {
    const rows = await this.wantedOfEach(pacer, outputs, { kind: "logits" });
    // Equal rows, computed once, get their own.
    return rows.map((row, i) => (row === rows[i - 1] ? row.map((values) => values.slice()) : row));
  }

  /** As `nextOfEach`: what is wanted in place of logits. Equal rows share that of the first. */
  async wantedOfEach<W extends Wanted>(
    pacer: Pacer,
    outputs: readonly number[],
    wanted: W,
  ): Promise<readonly (readonly OutputOf<W>[])[]> {
    await pacer.pause();
    this.#forgetStaleAngles();
    const times = this.#equalRows;
    const rows = this.#engineRows(outputs);
    if (!this.#start.useCache) for (const { sequence } of rows) sequence.reset();
    const asking = [...rows.keys()].filter((i) => (rows[i]?.outputs ?? 0) > 0);
    const computed = await this.#client.compute({
      rows: rows.filter((row) => row.outputs > 0),
      wanted: wantedOfRows(wanted, (i) => (asking[i] ?? 0) * times),
      chunkSize: this.#start.prefillChunkSize,
      isWhole: this.#model.anglesDependOnLength || this.#model.isBidirectional,
      signal: this.#signal,
    });
    let at = 0;
    const perRow = rows.map((row) => computed.slice(at, (at += row.outputs)));
    if (times === 1) return perRow;
    this.#equalRows = 1;
    this.#client.cache.repeatInterleave(times);
    return perRow.flatMap((row) => new Array<typeof row>(times).fill(row));
  }

  /** Lets go of all pages. A cache that the caller gave stays, and after a failure has what it came with. */
  dispose(isFailed: boolean): void {
    this.#client.close();
    const given = this.#start.cache;
    if (!given || !isFailed) return;
    if (this.#given.rows === 0) given.reset();
    else given.truncate(this.#given.length);
  }

  /** One for each row, or of equal rows the first, which stands for all. @param outputs of each row */
  #engineRows(outputs: readonly number[]): EngineRow[] {
    return Array.from({ length: this.#ids.length / this.#equalRows }, (_, i) =>
      this.#engineRow(i, outputs[i * this.#equalRows] ?? 0),
    );
  }

  /** @param i among the sequences */
  #engineRow(i: number, outputs: number): EngineRow {
    const { cache } = this.#client;
    const times = this.#equalRows;
    if (cache.batchSize === 0) cache.addRows(this.#ids.length / times);
    const sequence = cache.sequences[i];
    if (!sequence) throw new RangeError(`SequenceGroup: there is no row ${i}`);
    const row = i * times;
    const [ids = [], mask = [], positions = []] = [this.#ids[row], this.#mask[row], this.#positions[row]];
    // The caller's cache has slots for padding too, as `forward` has.
    const skip = this.#start.cache || this.#showsStates ? 0 : Math.max(0, mask.indexOf(1));
    const hasHoles = mask.indexOf(0, skip) >= 0;
    // Without a cache everything is read again, and all of it sees all of it.
    const seen = this.#start.useCache ? (this.#start.inputIds[0]?.length ?? 0) : ids.length;
    const together = this.#model.isBidirectional ? seen : null;
    return { ids, positions, skip, visible: hasHoles ? mask : null, sequence, outputs, together };
  }

  /** A row that grows over the boundary starts again, with the angles of the longer length. */
  #forgetStaleAngles(): void {
    const boundary = this.#model.recomputeBeyond;
    if (boundary === null) return;
    const cached = this.#client.cache.length;
    if (cached > 0 && cached <= boundary && this.length > boundary)
      for (const sequence of this.#client.cache.sequences) sequence.reset();
  }

  /** A pass that also gives its states: all rows in one rectangle, padding included. */
  async #forward(): Promise<StepOutput> {
    const { outputHiddenStates, outputAttentions, useCache } = this.#start;
    const { cache } = this.#client;
    const start = useCache ? cache.length : 0;
    const { logits, hiddenStates, attentions } = this.#model.forward({
      inputIds: this.#ids.map((row) => row.slice(start)),
      attentionMask: this.#mask,
      positionIds: this.#positions.map((row) => row.slice(start)),
      ...(useCache && { pastKeyValues: cache }),
      useCache,
      logitsToKeep: 1,
      outputHiddenStates,
      outputAttentions,
    });
    try {
      return { logits: rowsOf(await logits.data(), this.#ids.length), hiddenStates, attentions };
    } catch (error) {
      disposeStates({ hiddenStates, attentions });
      throw error;
    } finally {
      logits.dispose();
    }
  }
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

/** `[B, 1, V]` flat → B rows of V. */
function rowsOf(logits: ArrayLike<number>, count: number): Float32Array[] {
  const V = logits.length / count;
  const flat = logits instanceof Float32Array ? logits : Float32Array.from(logits);
  return Array.from({ length: count }, (_, row) => flat.subarray(row * V, (row + 1) * V));
}
