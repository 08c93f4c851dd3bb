import { layouts, putInOrder, writeJson } from "./ordered-json.ts";
import { admits, type schemaStart } from "./schema-acceptor.ts";

/** What a grammar says of a value: that of its compact text, with keys in some order, and the layouts that it refuses. */
export interface SchemaVerdict {
  readonly isAccepted: boolean;
  /** Of a value that is accepted: ways to lay it out that are not. */
  readonly refusedLayouts: readonly string[];
}

export function verdictOf(start: ReturnType<typeof schemaStart>, value: unknown): SchemaVerdict {
  const ordered = putInOrder(start, value);
  if (ordered === null) return { isAccepted: false, refusedLayouts: [] };
  const refusedLayouts = Object.entries(layouts).flatMap(([name, layout]) =>
    admits(start, writeJson(ordered.value, layout)) ? [] : [name],
  );
  return { isAccepted: true, refusedLayouts };
}
