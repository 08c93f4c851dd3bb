import { before, behind, lineEnd, lineStart, snapped, spacedStart, wordEnd, wordStart } from "./boundaries.ts";
import type { EditorState } from "./editor-state.ts";

/** A change of what is being written. */
export type Edit = (state: EditorState) => EditorState;

export const insert =
  (added: string): Edit =>
  (state) => {
    const { text, cursor } = state;
    const joined = text.slice(0, cursor) + added + text.slice(cursor);
    // What was added may belong to the character before it, or join with the one behind.
    return { ...state, text: joined, cursor: upwards(joined, cursor + added.length) };
  };

const upwards = (text: string, at: number): number => {
  const place = snapped(text, at);
  return place < at ? behind(text, place) : place;
};

type Move = (text: string, cursor: number) => number;

const move =
  (to: Move): Edit =>
  (state) => ({ ...state, cursor: to(state.text, state.cursor) });

const remove =
  (to: Move): Edit =>
  (state) => ({ ...state, ...cut(state, to) });

/** Removes to a place, and keeps what was there for Ctrl-Y. */
const kill =
  (to: Move): Edit =>
  (state) => {
    const { text, cursor, killed, hasJustKilled } = state;
    const place = to(text, cursor);
    const gone = text.slice(Math.min(place, cursor), Math.max(place, cursor));
    if (gone === "") return { ...state, hasJustKilled };
    const earlier = hasJustKilled ? killed : "";
    const kept = place < cursor ? gone + earlier : earlier + gone;
    return { ...state, ...cut(state, to), killed: kept, hasJustKilled: true };
  };

function cut({ text, cursor }: EditorState, to: Move): Pick<EditorState, "text" | "cursor"> {
  const place = to(text, cursor);
  const [start, end] = [Math.min(place, cursor), Math.max(place, cursor)];
  const joined = text.slice(0, start) + text.slice(end);
  return { text: joined, cursor: snapped(joined, start) };
}

/** Ctrl-K at the end of a line takes the line break. */
const lineEndOrBreak: Move = (text, at) => (lineEnd(text, at) === at ? behind(text, at) : lineEnd(text, at));
const lineStartOrBreak: Move = (text, at) => (lineStart(text, at) === at ? before(text, at) : lineStart(text, at));

/** The two characters around the cursor change places; at the end of a line those before it. */
const transpose: Edit = (state) => {
  const { text, cursor } = state;
  const atEnd = lineEnd(text, cursor) === cursor;
  const middle = atEnd ? before(text, cursor) : cursor;
  if (middle <= lineStart(text, cursor)) return state;
  const [start, end] = [before(text, middle), behind(text, middle)];
  const swapped = text.slice(0, start) + text.slice(middle, end) + text.slice(start, middle) + text.slice(end);
  return { ...state, text: swapped, cursor: upwards(swapped, end) };
};

const yank: Edit = (state) => insert(state.killed)(state);

/** The same place in the line above or below; null where there is none. */
export function verticalMove({ text, cursor }: EditorState, direction: -1 | 1): number | null {
  const start = lineStart(text, cursor);
  const column = cursor - start;
  if (direction < 0) {
    if (start === 0) return null;
    const above = lineStart(text, start - 1);
    return snapped(text, Math.min(above + column, start - 1));
  }
  const end = lineEnd(text, cursor);
  if (end === text.length) return null;
  return snapped(text, Math.min(end + 1 + column, lineEnd(text, end + 1)));
}

/** Keys that edit the text, by their names; those of readline and Emacs. */
export const editKeys: Readonly<Record<string, Edit>> = {
  left: move(before),
  right: move(behind),
  "C-b": move(before),
  "C-f": move(behind),
  home: move(lineStart),
  end: move(lineEnd),
  "C-a": move(lineStart),
  "C-e": move(lineEnd),
  "C-home": move(() => 0),
  "C-end": move((text) => text.length),
  "M-<": move(() => 0),
  "M->": move((text) => text.length),
  "C-left": move(wordStart),
  "C-right": move(wordEnd),
  "M-left": move(wordStart),
  "M-right": move(wordEnd),
  "M-b": move(wordStart),
  "M-f": move(wordEnd),
  backspace: remove(before),
  "C-h": remove(before),
  delete: remove(behind),
  "C-k": kill(lineEndOrBreak),
  "C-u": kill(lineStartOrBreak),
  "C-w": kill(spacedStart),
  "M-backspace": kill(wordStart),
  "C-backspace": kill(wordStart),
  "M-d": kill(wordEnd),
  "C-delete": kill(wordEnd),
  "M-delete": kill(wordEnd),
  "C-y": yank,
  "C-t": transpose,
  "C-j": insert("\n"),
  "M-return": insert("\n"),
};
