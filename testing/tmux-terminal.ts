import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findExecutable } from "./find-executable.ts";

/** Where tmux is; null on a machine without it. */
export const tmuxPath = (): string | null => findExecutable("tmux");

export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  /** Beside what every program gets; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How long something may take to appear, on a machine that is busy. */
const PATIENCE_MS = 120_000;
const LOOK_MS = 40;

/** A program in a real terminal: a window of a tmux server of its own, which nobody looks at. */
export class TmuxTerminal implements Disposable {
  readonly #socket = `helium-${process.pid}-${randomUUID().slice(0, 8)}`;
  readonly #folder = mkdtempSync(join(tmpdir(), "helium-tmux-"));
  readonly #codeFile = join(this.#folder, "code");

  constructor(
    command: readonly string[],
    { columns = 80, rows = 24, cwd = process.cwd(), env = {} }: TmuxOptions = {},
  ) {
    const settings = Object.entries(env).map(([name, value]) =>
      value === undefined ? `-u${name}` : `${name}=${value}`,
    );
    // `env` takes variables away before it sets others.
    settings.sort((one, other) => Number(other.startsWith("-u")) - Number(one.startsWith("-u")));
    // The window stays when the program has ended, and what it ended with goes to a file.
    const script = 'trap : INT; code=$1; shift; "$@"; echo $? > "$code"; exec sleep 1000';
    const shell = ["sh", "-c", script, "sh", this.#codeFile, "env", ...settings, ...command].map(quoted).join(" ");
    const size = ["-x", String(columns), "-y", String(rows)];
    this.#tmux(
      ...["-f", "/dev/null", "start-server", ";", "set", "-g", "status", "off", ";"],
      ...["set", "-g", "default-terminal", "tmux-256color", ";", "new-session", "-d", "-c", cwd, ...size, shell],
    );
  }

  [Symbol.dispose](): void {
    try {
      this.#tmux("kill-server");
    } catch {
      // It ended by itself.
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Presses keys by tmux's names for them: `Enter`, `Up`, `C-c`, `M-Enter`. */
  keys(...names: readonly string[]): void {
    this.#tmux("send-keys", ...names);
  }

  type(text: string): void {
    this.#tmux("send-keys", "-l", "--", text);
  }

  /** Pastes as a terminal does: in brackets, where the program has asked for them. */
  paste(text: string): void {
    execFileSync(tmuxPath() ?? "tmux", ["-L", this.#socket, "load-buffer", "-"], { input: text });
    this.#tmux("paste-buffer", "-p", "-d");
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** What the screen shows, without spaces at the ends of lines and empty lines at the end; with all that has left it, if asked for. */
  screen({ all = false, styles = false }: { readonly all?: boolean; readonly styles?: boolean } = {}): string {
    const text = this.#tmux("capture-pane", "-p", ...(all ? ["-S", "-"] : []), ...(styles ? ["-e"] : []));
    return text.replace(/[ \t]+$/gm, "").trimEnd();
  }

  get cursor(): { readonly column: number; readonly row: number } {
    const [column = 0, row = 0] = this.#tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split(" ").map(Number);
    return { column, row };
  }

  /** What the program ended with; null while it runs. */
  get exitCode(): number | null {
    const text = existsSync(this.#codeFile) ? readFileSync(this.#codeFile, "utf8") : "";
    return text.endsWith("\n") ? Number(text) : null;
  }

  /** Waits until the screen is as it should be, and returns it. */
  async shows(pattern: RegExp | ((screen: string) => boolean)): Promise<string> {
    const isSo = typeof pattern === "function" ? pattern : (screen: string): boolean => pattern.test(screen);
    return this.#until(`shows ${String(pattern)}`, () => {
      const screen = this.screen();
      return isSo(screen) ? screen : null;
    });
  }

  async ends(): Promise<number> {
    return this.#until("ends", () => this.exitCode);
  }

  async #until<T>(what: string, look: () => T | null): Promise<T> {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const found = look();
      if (found !== null) return found;
      if (Date.now() > end) throw new Error(`the terminal never ${what}; it shows:\n${this.screen()}`);
      await sleep(LOOK_MS);
    }
  }

  #tmux(...args: readonly string[]): string {
    return execFileSync(tmuxPath() ?? "tmux", ["-u", "-L", this.#socket, ...args], { encoding: "utf8" });
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
