import type { Recorder, Recording } from "../../../contract/backend.ts";
import { ArgumentError } from "../../../errors.ts";
import { CommandLog, logDifference, type LoggedStorage, type StorageUser } from "./command-log.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Executor } from "../threads/executor.ts";
import { Program } from "./program.ts";
import { orNull, Region } from "../memory/region.ts";

/** Runs that differ from the one before, in a row, until no more are noted. */
const PATIENCE = 4;

const NO_MEMORY = "there is no memory left for recordings";

/** What a recorder needs of its backend. */
export interface RecordingBackend {
  readonly context: KernelContext;
  readonly executor: Executor;
  /** Told of bytes that a recording holds, or with a negative number no longer holds. */
  count(bytes: number): void;
  /** Told of a run: null = it was replayed, else why it was not. */
  noteRun(reason: string | null): void;
}

/** Recordings that share one region: the results of one are gone when the next runs. */
export class WasmRecorder implements Recorder {
  readonly backend: RecordingBackend;
  readonly region: Region;
  readonly #recordings = new Set<WasmRecording>();

  constructor(backend: RecordingBackend) {
    this.backend = backend;
    this.region = new Region(backend.context.arena);
  }

  recording(): Recording {
    const made = new WasmRecording(this, () => this.#recordings.delete(made));
    this.#recordings.add(made);
    return made;
  }

  dispose(): void {
    for (const recording of this.#recordings) recording.dispose();
    this.backend.count(-this.region.byteLength);
    this.region.dispose();
  }
}

/** The commands of some work, once two runs of it in a row had the same ones. */
class WasmRecording implements Recording, StorageUser {
  readonly #recorder: WasmRecorder;
  readonly #forget: () => void;
  #last: CommandLog | null = null;
  /** What the program does. */
  #kept: CommandLog | null = null;
  #program: Program | null = null;
  #storages: readonly LoggedStorage[] = [];
  #reason: string | null = "it has not run twice yet";
  #isRefused = false;
  #differences = 0;

  constructor(recorder: WasmRecorder, forget: () => void) {
    this.#recorder = recorder;
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
    const { backend, region } = this.#recorder;
    const { arena } = backend.context;
    if (arena.recorded) throw new ArgumentError("record", "work is being recorded already; recordings do not nest");
    const log = new CommandLog(arena.i32);
    const held = region.byteLength;
    region.begin();
    arena.recorded = { log, region };
    try {
      body();
    } catch (error) {
      this.#last = null;
      throw error;
    } finally {
      arena.recorded = null;
      backend.count(region.byteLength - held);
    }
    this.#take(log);
    backend.noteRun(this.#reason ?? "it was recorded with this run");
  }

  replay(): void {
    const { backend, region } = this.#recorder;
    if (!this.#program) throw new ArgumentError("replay", `nothing is recorded: ${this.#reason ?? "no run"}`);
    region.begin();
    backend.executor.replay(this.#program);
    backend.noteRun(null);
    if (backend.context.takeStatus())
      throw new ArgumentError("replay", "an index is outside its table; run the work op by op to see which");
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
  #take(log: CommandLog): void {
    const last = this.#last;
    this.#last = this.#recorder.region.hasGrown ? null : log;
    if (log.refusal !== null) return this.#refuse(log.refusal);
    if (this.#recorder.region.isShort) return this.#refuse(NO_MEMORY);
    if (this.#kept) return this.#check(this.#kept, log);
    if (!last || !this.#last) return;
    const difference = logDifference(last, log);
    if (difference === null) return this.#keep(log);
    this.#reason = difference;
    if (++this.#differences >= PATIENCE) this.#refuse(difference);
  }

  /** A run beside what is recorded. */
  #check(kept: CommandLog, log: CommandLog): void {
    const difference = logDifference(kept, log);
    if (difference !== null) this.#refuse(`a later run was not the recorded one: ${difference}`);
  }

  #refuse(reason: string): void {
    this.#drop();
    this.#isRefused = true;
    this.#reason = reason;
    this.#last = null;
  }

  #keep(log: CommandLog): void {
    const { backend } = this.#recorder;
    const program = orNull(() => new Program(backend.context.arena, log.commands, backend.executor.threads));
    if (!program) return this.#refuse(NO_MEMORY);
    backend.count(program.byteLength);
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
    this.#recorder.backend.count(-this.#program.byteLength);
    this.#program.dispose();
    this.#program = null;
    this.#kept = null;
    for (const storage of this.#storages) storage.users.delete(this);
    this.#storages = [];
  }
}
