import type { Key } from "../key.ts";
import { editKeys, insert } from "./edits.ts";
import type { EditorState } from "./editor-state.ts";
import { historyKeys, searchKeys, takeFound, typeQuery } from "./history-keys.ts";
import { afterEnter } from "./message-text.ts";

/** What a key asks for beyond a change of the text. */
export type EditorWish = "submit" | "interrupt" | "end" | "complete" | "clear-screen" | "suspend";

export interface Pressed {
  readonly state: EditorState;
  readonly wish: EditorWish | null;
}

const wishes: Readonly<Record<string, EditorWish>> = {
  tab: "complete",
  "C-c": "interrupt",
  "C-l": "clear-screen",
  "C-z": "suspend",
};

/** What a key makes of a message. */
export function pressKey(given: EditorState, key: Key): Pressed {
  const { search } = given;
  if (search !== null) {
    if (key.kind !== "press")
      return changed(typeQuery(given, search, key.kind === "paste" ? pastedText(key.text) : key.text));
    const searching = searchKeys[key.name === "C-h" ? "backspace" : key.name];
    if (searching) return changed(searching(given, search));
    // Any other key takes what was found, and does what it does.
    return pressKey(takeFound(given, search), key);
  }
  const state = { ...given, hasJustKilled: false };
  if (key.kind === "text") return changed(insert(key.text)(state));
  if (key.kind === "paste") return changed(insert(pastedText(key.text))(state));
  const { name } = key;
  if (name === "return") {
    const { text, isSent } = afterEnter(state.text, state.cursor);
    if (isSent) return { state, wish: "submit" };
    return changed({ ...state, ...text });
  }
  if (name === "C-d")
    return state.text === "" ? { state, wish: "end" } : pressKey(state, { kind: "press", name: "delete" });
  const wish = wishes[name];
  if (wish !== undefined) return { state, wish };
  const edit = editKeys[name] ?? historyKeys[name];
  return changed(edit === undefined ? state : edit({ ...state, hasJustKilled: given.hasJustKilled && isKill(name) }));
}

const changed = (state: EditorState): Pressed => ({ state, wish: null });

const isKill = (name: string): boolean => /^(C-k|C-u|C-w|[CM]-backspace|M-d|[CM]-delete)$/.test(name);

/** What was pasted, without the control characters that a terminal would obey and the line breaks at its end. */
export const pastedText = (text: string): string =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "")
    .replace(/\n+$/, "");
