import type { Operand } from "../../../contract/operand.ts";
import type { AttentionParams, Kernel, OpSignatures } from "../../../contract/kernels.ts";
import { arrayOf } from "../host-memory.ts";
import { loads, stores } from "../lanes.ts";
import { mixRows } from "../mix-rows.ts";
import type { Scratch } from "../scratch.ts";
import { tile1x4, tile4x4 } from "../tile.ts";

type Inputs = OpSignatures["attention"]["inputs"];

/** Keys unpacked at a time, at most. */
const KEYS = 64;

/** Doubles of scores at a time (4 MiB). */
const SCORES = 2 ** 19;

/** Marks the weight of a hidden key; weights themselves are ≥ 0 or NaN. */
const HIDDEN = -1;

/**
 * Scores of a block of queries against all keys, softmax row by row, then the weighted values. Keys are visited in slot
 * order in f64, so a row comes out the same whatever stands beside it; hidden keys are skipped, not multiplied by 0.
 */
export function createAttention(scratch: Scratch): Kernel<"attention"> {
  return (out, inputs, params) => {
    const { q, keys, tables, mask, values } = inputs;
    const [N, H] = q.layout.shape;
    const [R] = tables.layout.shape;
    const K = keys.layout.shape[1];
    const group = H / K;
    arrayOf(out.handle).fill(0, out.layout.offset, out.layout.offset + N * H * values.layout.shape[3]);
    for (let r = 0; r < R; r++) {
      const sequence = sequenceOf(inputs, r);
      const { tokens, length } = sequence;
      const blockRows = Math.max(1, Math.floor(SCORES / Math.max(length, 1)));
      for (let kv = 0; kv < K; kv++) {
        for (let first = 0; first < group * tokens; first += blockRows) {
          const count = Math.min(blockRows, group * tokens - first);
          const block = makeBlock(sequence, kv, { first, count, firstHead: kv * group }, params);
          const scores = scoreBlock(scratch, block, q, keys, tables);
          for (let i = 0; i < count; i++) weighRow(scratch, block, i, scores, mask, params);
          storeBlock(block, mixBlock(scratch, block, scores, values, tables), out);
        }
      }
    }
  };
}

/** Sequence r: its first token and how many there are, slots in use, and how many of these the mask covers. */
interface Sequence {
  readonly r: number;
  readonly firstToken: number;
  readonly tokens: number;
  readonly length: number;
  readonly covered: number;
}

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

function sequenceOf({ q, keys, tables, queryStarts, lengths, mask }: Inputs, r: number): Sequence {
  const at = ({ handle, layout }: Operand, i: number): number => arrayOf(handle)[layout.offset + i * layout.strides[0]];
  const [N] = q.layout.shape;
  const [pages, , P] = keys.layout.shape;
  const firstToken = clamp(at(queryStarts, r), 0, N);
  const tokens = Math.max(0, clamp(at(queryStarts, r + 1), 0, N) - firstToken);
  const length = clamp(at(lengths, r), 0, pages === 0 ? 0 : tables.layout.shape[1] * P);
  return { r, firstToken, tokens, length, covered: Math.min(length, mask?.layout.shape[2] ?? length) };
}

/** Query `n` of head `h`, and the slots it may see (masks aside): `from ≤ s < end`. */
interface Query {
  readonly h: number;
  readonly n: number;
  readonly from: number;
  readonly end: number;
}

/** Queries of sequence `r` that share kv head `kv`, and the slots that any of them may see. */
interface Block {
  readonly r: number;
  readonly kv: number;
  /** Key slots in use: the row length of the scores. */
  readonly S: number;
  readonly queries: readonly Query[];
  readonly from: number;
  readonly end: number;
}

function makeBlock(
  { r, firstToken, tokens, length, covered }: Sequence,
  kv: number,
  heads: { readonly first: number; readonly count: number; readonly firstHead: number },
  { causal, window }: AttentionParams,
): Block {
  const queries: Query[] = [];
  let from = length;
  let end = 0;
  for (let i = heads.first; i < heads.first + heads.count; i++) {
    const t = i % tokens;
    const slot = length - tokens + t;
    const query = {
      h: heads.firstHead + Math.floor(i / tokens),
      n: firstToken + t,
      from: window === null ? 0 : Math.max(0, slot - window + 1),
      end: causal ? Math.min(slot + 1, covered) : covered,
    };
    from = Math.min(from, query.from);
    end = Math.max(end, query.end);
    queries.push(query);
  }
  return { r, kv, S: length, queries, from, end };
}

/** Calls `use` with runs of the block's slots that lie in one page, and with the position of the first in the pool. */
function forEachSlotRun(
  pool: Operand,
  tables: Operand,
  { r, kv, from, end }: Block,
  use: (slot: number, n: number, at: number) => void,
): void {
  const pages = arrayOf(tables.handle);
  const { strides, offset, shape } = pool.layout;
  const [count, , P] = shape;
  const [rowStride, pageStride] = tables.layout.strides;
  const row = tables.layout.offset + r * rowStride;
  for (let slot = from; slot < end;) {
    const inPage = slot % P;
    const n = Math.min(KEYS, P - inPage, end - slot);
    const page = clamp(pages[row + Math.floor(slot / P) * pageStride], 0, count - 1);
    use(slot, n, offset + page * strides[0] + kv * strides[1] + inPage * strides[2]);
    slot += n;
  }
}

/** n slots of a pool as doubles, back to back; in one go where they lie so in their page. */
function loadSlots(panel: Float64Array, n: number, pool: Operand, at: number): void {
  const array = arrayOf(pool.handle);
  const load = loads[pool.dtype];
  const [, , , D] = pool.layout.shape;
  const [, , slotStride, step] = pool.layout.strides;
  if (step === 1 && slotStride === D) load(panel, 0, n * D, array, at, 1);
  else for (let s = 0; s < n; s++) load(panel, s * D, D, array, at + s * slotStride, step);
}

/** `scores[r·S + s] = q_r · k_s`, for at least the slots that row r may see */
function scoreBlock(scratch: Scratch, block: Block, q: Operand, keys: Operand, tables: Operand): Float64Array {
  const { S, queries } = block;
  const count = queries.length;
  const D = q.layout.shape[2];
  const left = packQueries(scratch, block, q);
  const scores = scratch.take("scores", count * S);
  const panel = scratch.take("right", KEYS * D);
  const { tile } = scratch;
  forEachSlotRun(keys, tables, block, (slot, n, at) => {
    loadSlots(panel, n, keys, at);
    for (let r = 0; r < count;) {
      const rows = r + 4 <= count ? 4 : 1;
      // Only the slots that some row of the tile may see.
      let from = n;
      let end = 0;
      for (let i = r; i < r + rows; i++) {
        from = Math.min(from, Math.max(0, queries[i].from - slot));
        end = Math.max(end, Math.min(n, queries[i].end - slot));
      }
      for (let s = from; s < end; s += 4) {
        if (rows === 4) tile4x4(left, r * D, panel, s * D, D, tile);
        else tile1x4(left, r * D, panel, s * D, D, tile);
        const columns = Math.min(4, n - s);
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) scores[(r + i) * S + slot + s + j] = tile[4 * i + j];
        }
      }
      r += rows;
    }
  });
  return scores;
}

/** The queries of a block as doubles, back to back. */
function packQueries(scratch: Scratch, { queries }: Block, q: Operand): Float64Array {
  const D = q.layout.shape[2];
  const [qN, qH, qD] = q.layout.strides;
  const packed = scratch.take("left", queries.length * D);
  const source = arrayOf(q.handle);
  queries.forEach(({ h, n }, r) => {
    loads[q.dtype](packed, r * D, D, source, q.layout.offset + n * qN + h * qH, qD);
  });
  return packed;
}

/** Scale, softcap, mask and softmax of row r in place: scores become weights, or `HIDDEN`. */
function weighRow(
  scratch: Scratch,
  block: Block,
  r: number,
  scores: Float64Array,
  mask: Operand | undefined,
  params: AttentionParams,
): void {
  const { scale, softcap } = params;
  const { from, end } = block.queries[r];
  const row = r * block.S;
  const added = mask ? loadMask(scratch, block, r, mask) : null;
  const exclusive = mask?.dtype === "bool";
  let top = -Infinity;
  for (let s = from; s < end; s++) {
    let score = scores[row + s] * scale;
    if (softcap !== null) score = softcap * Math.tanh(score / softcap);
    if (added !== null) {
      if (exclusive ? added[s] === 0 : added[s] === -Infinity) {
        added[s] = HIDDEN;
        continue;
      }
      if (!exclusive) score += added[s];
      added[s] = 0;
    }
    scores[row + s] = score;
    top = Math.max(top, score);
  }
  let total = 0;
  for (let s = from; s < end; s++) {
    if (added !== null && added[s] === HIDDEN) {
      scores[row + s] = HIDDEN;
    } else {
      scores[row + s] = Math.exp(scores[row + s] - top);
      total += scores[row + s];
    }
  }
  for (let s = from; s < end; s++) {
    if (scores[row + s] !== HIDDEN) scores[row + s] /= total;
  }
}

function loadMask(scratch: Scratch, block: Block, r: number, mask: Operand): Float64Array {
  const { strides, offset, shape } = mask.layout;
  const { h, n } = block.queries[r];
  const at = offset + n * strides[0] + h * strides[1];
  const lanes = scratch.take("row", block.S);
  loads[mask.dtype](lanes, 0, Math.min(block.S, shape[2]), arrayOf(mask.handle), at, strides[2]);
  return lanes;
}

/** `mixed[r·Dv + d] = Σ weights[r·S + s] · v_s[d]` over the visible s */
function mixBlock(
  scratch: Scratch,
  block: Block,
  weights: Float64Array,
  values: Operand,
  tables: Operand,
): Float64Array {
  const { S, queries } = block;
  const Dv = values.layout.shape[3];
  const mixed = scratch.take("mixed", queries.length * Dv).fill(0, 0, queries.length * Dv);
  const panel = scratch.take("right", KEYS * Dv);
  forEachSlotRun(values, tables, block, (slot, n, at) => {
    loadSlots(panel, n, values, at);
    for (let r = 0; r < queries.length; r++) {
      const first = Math.max(queries[r].from - slot, 0);
      const last = Math.min(queries[r].end - slot, n);
      mixRows(mixed, r * Dv, panel, first, last, Dv, weights, r * S + slot);
    }
  });
  return mixed;
}

function storeBlock({ queries }: Block, mixed: Float64Array, out: Operand): void {
  const target = arrayOf(out.handle);
  const [, H, Dv] = out.layout.shape;
  const store = stores[out.dtype];
  queries.forEach(({ h, n }, r) => store(mixed, r * Dv, Dv, target, out.layout.offset + (n * H + h) * Dv, 1));
}
