/** The search through earlier messages that Ctrl-R begins. */
export interface HistorySearch {
  readonly query: string;
  /** Place in the history of what was found. */
  readonly at: number;
  readonly isFailing: boolean;
  /** What was there before. */
  readonly before: { readonly text: string; readonly cursor: number };
}

/** A message that is being written. All that edits it makes a new state. */
export interface EditorState {
  readonly text: string;
  /** Where the next character goes: an index into the text, never inside of a character. */
  readonly cursor: number;
  /** What was cut last, for Ctrl-Y. */
  readonly killed: string;
  /** Whether the last key cut something: the next cut is added to it then. */
  readonly hasJustKilled: boolean;
  /** Earlier messages, the oldest first. */
  readonly history: readonly string[];
  /** Which of them is shown; `history.length` for the message that is being written. */
  readonly shown: number;
  /** The message that was being written when an earlier one was looked at. */
  readonly draft: string;
  readonly search: HistorySearch | null;
}

export const newEditor = (history: readonly string[], killed = ""): EditorState => ({
  ...{ text: "", cursor: 0, killed, hasJustKilled: false },
  ...{ history, shown: history.length, draft: "", search: null },
});
