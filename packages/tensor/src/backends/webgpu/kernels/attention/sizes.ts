import type { OpSignatures } from "../../../../contract/kernels.ts";

export type AttentionInputs = OpSignatures["attention"]["inputs"];

/** Keys that a workgroup looks at together: one for each of its threads. */
export const TILE = 64;

/** Columns of the values that a workgroup mixes: up to four for each thread. */
export const CHUNK = 4 * TILE;

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
  /** Parts of the columns of the values. */
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
  const chunks = Math.ceil(values.layout.shape[3] / CHUNK);
  const slots = R === 0 || pages === 0 ? 0 : width * P;
  const wanted = Math.ceil(ENOUGH / Math.max(1, blocks * K * chunks));
  const splits = Math.max(1, Math.min(wanted, Math.floor(slots / TILE / TILES_PER_SPLIT), 32));
  return { together, blocks, chunks, splits, slots };
}
