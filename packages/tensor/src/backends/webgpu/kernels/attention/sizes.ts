import type { OpSignatures } from "../../../../contract/kernels.ts";

export type AttentionInputs = OpSignatures["attention"]["inputs"];

/** Keys that a workgroup looks at together: one for each of its threads. */
export const TILE = 64;

/** Workgroups that keep a device busy: where there are fewer, several share the keys of a row. */
const ENOUGH = 256;

/** Tiles that are worth a workgroup of their own, at least. */
const TILES_PER_SPLIT = 4;

/** How the work is shared out. Depends on shapes alone. */
export interface AttentionPlan {
  /** Rows (a token and a head) that a workgroup takes together; they share a kv head. */
  readonly together: 1 | 4;
  /** Groups of such rows, for each kv head. */
  readonly blocks: number;
  /** Columns of the values that a thread mixes; a workgroup has 64 times as many. */
  readonly columns: 1 | 2 | 4;
  /** Parts of the columns of the values, each for a workgroup of its own. */
  readonly chunks: number;
  /** Workgroups that share the keys of a row: the tiles s ≡ 0, 1, … modulo splits. */
  readonly splits: number;
  /** Slots that a page table names. */
  readonly slots: number;
}

export function planAttention({ q, keys, values, tables }: AttentionInputs): AttentionPlan {
  const [N, H] = q.layout.shape;
  const [pages, K, P] = keys.layout.shape;
  const [R, width] = tables.layout.shape;
  const rows = (N * H) / K;
  const together = rows / Math.max(1, R) >= 3 ? 4 : 1;
  const blocks = Math.ceil(rows / together);
  const depth = values.layout.shape[3];
  const columns = depth <= TILE ? 1 : depth <= 2 * TILE ? 2 : 4;
  const chunks = Math.ceil(depth / (columns * TILE));
  const slots = R === 0 || pages === 0 ? 0 : width * P;
  const wanted = Math.ceil(ENOUGH / Math.max(1, blocks * K * chunks));
  const splits = Math.max(1, Math.min(wanted, Math.floor(slots / TILE / TILES_PER_SPLIT), 32));
  return { together, blocks, columns, chunks, splits, slots };
}
