import { insert } from "./edits.ts";
import type { EditorState } from "./editor-state.ts";

/** What could stand in place of the text from `start` to the cursor. */
export interface Completion {
  readonly start: number;
  readonly candidates: readonly string[];
}

/** What can follow a text up to the cursor; null where nothing is known. */
export type Complete = (text: string) => Completion | null;

export interface Completed {
  readonly state: EditorState;
  /** Candidates to choose from, where the text could not be completed further. */
  readonly choices: readonly string[];
}

/** Writes what all candidates begin with; a single one is followed by a space, unless it is a folder. */
export function completed(state: EditorState, complete: Complete): Completed {
  const { text, cursor } = state;
  const completion = complete(text.slice(0, cursor));
  const [first, ...others] = completion?.candidates ?? [];
  if (completion === null || first === undefined) return { state, choices: [] };
  const shared = others.reduce(sharedStart, first);
  const end = others.length === 0 && !first.endsWith("/") && text[cursor] !== " " ? " " : "";
  const given = text.slice(completion.start, cursor);
  if (shared.length + end.length <= given.length && others.length > 0) return { state, choices: completion.candidates };
  const cut = { ...state, text: text.slice(0, completion.start) + text.slice(cursor), cursor: completion.start };
  return { state: insert(shared + end)(cut), choices: [] };
}

function sharedStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return one.slice(0, length);
}
