import type { Call, Row } from "../case.ts";
import { download } from "../draws/memory-layout.ts";
import { session } from "../session.ts";
import { enact, expectAlike, valuesOf, type Subject } from "../subject.ts";

/** First, middle and last row show what any row would. */
const someOf = (rows: readonly Row[]): readonly Row[] => [
  ...new Set([0, rows.length >> 1, rows.length - 1].flatMap((i) => rows[i] ?? [])),
];

/** A row computed alone equals the same row computed in its batch. */
export function checkRows(subject: Subject, call: Call): Promise<void> {
  return session(async (scope) => {
    const host = valuesOf(subject, call);
    const rows = someOf(subject.definition.rows?.(host) ?? []);
    if (rows.length === 0) return;
    const batch = await download(enact(scope, subject, host));
    const { magnitude } = subject.definition.oracle(host, subject.kind);
    for (const row of rows) {
      const alone = await download(enact(scope, subject, row.call));
      const size = row.of({ ...batch, data: magnitude }).data;
      expectAlike(`${row.title} alone beside the batch`, subject, call, alone, row.of(batch), size);
    }
  });
}
