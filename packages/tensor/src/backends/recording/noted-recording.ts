import type { Recording } from "../../contract/backend.ts";
import { ArgumentError } from "../../errors.ts";
import type { LoggedStorage, StorageUser } from "./storage-users.ts";

/** Runs that differ from the one before, in a row, until no more are noted. */
const PATIENCE = 4;

const NO_MEMORY = "there is no memory left for recordings";

/** What one run of the work did. */
export interface RunLog {
  /** Why it cannot be done again from the log alone; null where it can. */
  readonly refusal: string | null;
  /** Storages from outside the work that it used. */
  readonly storages: ReadonlySet<LoggedStorage>;
}

/** The commands of a log, ready to be carried out again. */
export interface Replayable {
  run(): void;
  dispose(): void;
}

/** How a backend notes runs and makes programs of them. */
export interface Noting<Log extends RunLog> {
  /** Runs the work and notes what it does, in memory that begins every run empty. */
  note(body: () => void): Log;
  /** Whether the last run has made that memory larger: the next one may find other places. */
  readonly hasGrown: boolean;
  /** Whether there was no memory for the last run. */
  readonly isShort: boolean;
  /** The first thing in which two runs differ, in words; null where they are equal. */
  difference(a: Log, b: Log): string | null;
  /** Null where there is no memory for it. */
  program(log: Log): Replayable | null;
  /** Told of a run: null = it was replayed, else why it was not. */
  noteRun(reason: string | null): void;
}

/** The commands of some work, once two runs of it in a row had the same ones. */
export class NotedRecording<Log extends RunLog> implements Recording, StorageUser {
  readonly #noting: Noting<Log>;
  readonly #forget: () => void;
  #last: Log | null = null;
  /** What the program does. */
  #kept: Log | null = null;
  #program: Replayable | null = null;
  #storages: readonly LoggedStorage[] = [];
  #reason: string | null = "it has not run twice yet";
  #isRefused = false;
  #differences = 0;

  constructor(noting: Noting<Log>, forget: () => void) {
    this.#noting = noting;
    this.#forget = forget;
  }

  get state(): Recording["state"] {
    if (this.#program) return "ready";
    return this.#isRefused ? "refused" : "open";
  }

  get reason(): string | null {
    return this.#reason;
  }

  log(body: () => void): void {
    let log: Log;
    try {
      log = this.#noting.note(body);
    } catch (error) {
      this.#last = null;
      throw error;
    }
    this.#take(log);
    this.#noting.noteRun(this.#reason ?? "it was recorded with this run");
  }

  replay(): void {
    if (!this.#program) throw new ArgumentError("replay", `nothing is recorded: ${this.#reason ?? "no run"}`);
    this.#program.run();
  }

  storageChanged(reason: string): void {
    this.#drop();
    this.#reason = reason;
    this.#last = null;
    this.#differences = 0;
  }

  dispose(): void {
    this.#drop();
    this.#forget();
  }

  /** Compares a run with the one before it. */
  #take(log: Log): void {
    const last = this.#last;
    this.#last = this.#noting.hasGrown ? null : log;
    if (log.refusal !== null) return this.#refuse(log.refusal);
    if (this.#noting.isShort) return this.#refuse(NO_MEMORY);
    if (this.#kept) return this.#check(this.#kept, log);
    if (!last || !this.#last) return;
    const difference = this.#noting.difference(last, log);
    if (difference === null) return this.#keep(log);
    this.#reason = difference;
    if (++this.#differences >= PATIENCE) this.#refuse(difference);
  }

  /** A run beside what is recorded. */
  #check(kept: Log, log: Log): void {
    const difference = this.#noting.difference(kept, log);
    if (difference !== null) this.#refuse(`a later run was not the recorded one: ${difference}`);
  }

  #refuse(reason: string): void {
    this.#drop();
    this.#isRefused = true;
    this.#reason = reason;
    this.#last = null;
  }

  #keep(log: Log): void {
    const program = this.#noting.program(log);
    if (!program) return this.#refuse(NO_MEMORY);
    this.#program = program;
    this.#storages = [...log.storages];
    for (const storage of this.#storages) storage.users.add(this);
    this.#kept = log;
    this.#reason = null;
    this.#last = null;
    this.#differences = 0;
  }

  #drop(): void {
    if (!this.#program) return;
    this.#program.dispose();
    this.#program = null;
    this.#kept = null;
    for (const storage of this.#storages) storage.users.delete(this);
    this.#storages = [];
  }
}
