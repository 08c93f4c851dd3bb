import { snapped } from "./boundaries.ts";
import { verticalMove, type Edit } from "./edits.ts";
import type { EditorState, HistorySearch } from "./editor-state.ts";

/** Shows another message of the history; what is being written is kept until it is sent. */
const show =
  (step: -1 | 1): Edit =>
  (state) => {
    const { history, shown, text } = state;
    const next = shown + step;
    if (next < 0 || next > history.length) return state;
    const draft = shown === history.length ? text : state.draft;
    const found = next === history.length ? draft : (history[next] as string);
    return { ...state, draft, shown: next, text: found, cursor: found.length };
  };

/** Within a message of several lines first, then through the history. */
const vertical =
  (direction: -1 | 1): Edit =>
  (state) => {
    const cursor = verticalMove(state, direction);
    return cursor === null ? show(direction)(state) : { ...state, cursor };
  };

const beginSearch: Edit = (state) => ({
  ...state,
  search: {
    ...{ query: "", at: state.history.length, isFailing: false },
    before: { text: state.text, cursor: state.cursor },
  },
});

export const historyKeys: Readonly<Record<string, Edit>> = {
  up: vertical(-1),
  down: vertical(1),
  "C-p": show(-1),
  "C-n": show(1),
  pageup: show(-1),
  pagedown: show(1),
  "C-r": beginSearch,
};

/** What was found instead of what is being written, from a place of the history on; texts that are shown already are passed. */
function found(state: EditorState, search: HistorySearch, from: number, step: -1 | 1, passed?: string): EditorState {
  const { history } = state;
  const query = search.query.toLowerCase();
  if (query !== "")
    for (let at = from; at >= 0 && at < history.length; at += step) {
      const text = history[at] as string;
      const place = text.toLowerCase().indexOf(query);
      if (place < 0 || text === passed) continue;
      return {
        ...state,
        text,
        cursor: snapped(text, Math.min(place, text.length)),
        search: { ...search, at, isFailing: false },
      };
    }
  return { ...state, search: { ...search, isFailing: query !== "" } };
}

/** A query that grows stays with what it has found as long as that matches. */
export function typeQuery(state: EditorState, search: HistorySearch, added: string): EditorState {
  const query = search.query + added.replaceAll("\n", " ");
  return found(state, { ...search, query }, Math.min(search.at, state.history.length - 1), -1);
}

export const searchKeys: Readonly<Record<string, (state: EditorState, search: HistorySearch) => EditorState>> = {
  "C-r": (state, search) => found(state, search, search.at - 1, -1, state.text),
  "C-s": (state, search) => found(state, search, search.at + 1, 1, state.text),
  backspace: (state, search) => {
    const query = Array.from(search.query).slice(0, -1).join("");
    const fresh = { ...state, ...search.before };
    return query === ""
      ? { ...fresh, search: { ...search, query, at: state.history.length, isFailing: false } }
      : found(fresh, { ...search, query, at: state.history.length }, state.history.length - 1, -1);
  },
  "C-g": (state, search) => ({ ...state, ...search.before, search: null }),
  "C-c": (state, search) => ({ ...state, ...search.before, search: null }),
  escape: (state, search) => ({ ...state, ...search.before, search: null }),
};

/** Goes on with what a search has found. */
export const takeFound = (state: EditorState, { at, before }: HistorySearch): EditorState => ({
  ...{ ...state, search: null, shown: at },
  draft: state.shown === state.history.length ? before.text : state.draft,
});
