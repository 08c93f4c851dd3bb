import { quantizeRows, type QuantizedRows, type RowsToQuantize } from "./quantize-rows.ts";

/** A worker's answers, in the order of the rows; null: it could not, and the calling thread shall find out why. */
export type Answer = QuantizedRows | null;

/** What a worker runs; scripts/quantize-worker.ts makes a text of it and of all it imports. */
export function main(
  listen: (receive: (rows: RowsToQuantize) => void) => void,
  send: (answer: Answer, moved?: ArrayBuffer[]) => void,
): void {
  listen((rows) => {
    try {
      const answer = quantizeRows(rows);
      send(answer, [answer.blocks.buffer]);
    } catch {
      send(null);
    }
  });
}
