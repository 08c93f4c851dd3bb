import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Messages that are kept, and the longest that is. */
const [MOST, LONGEST] = [1000, 100_000];

/** A file grows to so many times what it keeps before it is cut. */
const SLACK = 2;

type Env = Readonly<Record<string, string | undefined>>;

/** Where the messages of earlier sessions are: `helium/chat-history.jsonl` in the folder for the state of programs. */
export function historyPath(env: Env, platform: NodeJS.Platform = process.platform): string {
  const local = platform === "win32" ? env["LOCALAPPDATA"] : undefined;
  const state = env["XDG_STATE_HOME"] || local || join(env["HOME"] || homedir(), ".local", "state");
  return join(state, "helium", "chat-history.jsonl");
}

/**
 * What was typed in this session and earlier ones, the oldest first. The file has a line of JSON for each message and is for
 * its owner only; several sessions add to it side by side. Where it cannot be read or written, the session has a history of its
 * own.
 */
export class ChatHistory {
  readonly #path: string | null;
  #entries: string[];

  private constructor(path: string | null, entries: string[]) {
    this.#path = path;
    this.#entries = entries;
  }

  /** A history without a file. */
  static unsaved(): ChatHistory {
    return new ChatHistory(null, []);
  }

  static open(path: string): ChatHistory {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const entries = entriesIn(path);
      if (entries.length > MOST * SLACK) cut(path, entries.slice(-MOST));
      return new ChatHistory(path, entries.slice(-MOST));
    } catch {
      return ChatHistory.unsaved();
    }
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Adds a message, unless it is the same as the one before. */
  add(text: string): void {
    if (text.trim() === "" || text === this.#entries.at(-1)) return;
    this.#entries = [...this.#entries, text].slice(-MOST);
    if (this.#path === null || text.length > LONGEST) return;
    try {
      appendFileSync(this.#path, `${JSON.stringify(text)}\n`, { mode: 0o600 });
    } catch {
      // A disk that is full or a folder that is gone is no reason to end a conversation.
    }
  }
}

/** Lines that are no message, such as one that was cut off, are passed over. */
function entriesIn(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
  // Of a file that someone else made, too.
  chmodSync(path, 0o600);
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        const text: unknown = JSON.parse(line);
        return typeof text === "string" ? [text] : [];
      } catch {
        return [];
      }
    });
}

function cut(path: string, entries: readonly string[]): void {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, entries.map((text) => `${JSON.stringify(text)}\n`).join(""), { mode: 0o600 });
  renameSync(part, path);
}
