import type { EngineClient } from "../engine/engine-client.ts";
import type { OutputOf, Wanted } from "../engine/outputs/wanted.ts";
import { isReadWhole, type ScoringModel } from "./scoring-client.ts";

/** Tokens of a row that a pass looks at: each takes a row of the vocabulary on the device. */
const MOST_AT_ONCE = 128;

/** A text that is read, `[T]`, and looked at from one of its tokens on. */
export interface ReadRow {
  readonly ids: readonly number[];
  readonly from: number;
}

/** Tokens of a row that are looked at together, `start` to `end` − 1. */
export interface ReadPart {
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

/**
 * What is wanted of each token of the rows of a client, from the row's `from` on; their starts may be computed already. Up to
 * 128 tokens of each are looked at in a pass, or where tokens see those behind them, all.
 *
 * @param wantedOf what is wanted of some parts, one for each row that has tokens left
 */
export async function readPositions<W extends Wanted>(
  model: ScoringModel,
  client: EngineClient,
  rows: readonly ReadRow[],
  wantedOf: (parts: readonly ReadPart[]) => W,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly OutputOf<W>[])[]> {
  const isWhole = isReadWhole(model);
  const outputs = rows.map((): OutputOf<W>[] => []);
  for (;;) {
    const parts = rows.flatMap(({ ids, from }, row) => {
      const start = from + (outputs[row]?.length ?? 0);
      const end = isWhole ? ids.length : Math.min(ids.length, start + MOST_AT_ONCE);
      return start < end ? [{ row, start, end }] : [];
    });
    if (parts.length === 0) return outputs;
    const computed = await client.compute({
      rows: parts.map(({ row, start, end }) => {
        const sequence = client.cache.sequences[row];
        if (!sequence) throw new RangeError(`readPositions: there is no row ${row}`);
        const ids = (rows[row]?.ids ?? []).slice(0, end);
        const positions = ids.map((_, t) => t);
        const together = model.isBidirectional ? end : null;
        return { sequence, ids, positions, skip: 0, visible: null, outputs: end - start, together };
      }),
      wanted: wantedOf(parts),
      chunkSize: null,
      isWhole,
      signal,
    });
    let at = 0;
    for (const { row, start, end } of parts) outputs[row]?.push(...computed.slice(at, (at += end - start)));
  }
}
