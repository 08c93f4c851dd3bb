import type { Recorder, Recording } from "../../../contract/backend.ts";
import { ArgumentError } from "../../../errors.ts";
import { NotedRecording, type Noting, type Replayable } from "../../recording/noted-recording.ts";
import { CommandLog, logDifference } from "./command-log.ts";
import type { KernelContext } from "../kernel-context.ts";
import type { Executor } from "../threads/executor.ts";
import { Program } from "./program.ts";
import { orNull, Region } from "../memory/region.ts";

/** What a recorder needs of its backend. */
export interface RecordingBackend {
  readonly context: KernelContext;
  readonly executor: Executor;
  /** Told of bytes that a recording holds, or with a negative number no longer holds. */
  readonly count: (bytes: number) => void;
  /** Told of a run: null = it was replayed, else why it was not. */
  noteRun(reason: string | null): void;
}

/** Recordings that share one region: the results of one are gone when the next runs. */
export class WasmRecorder implements Recorder, Noting<CommandLog> {
  readonly #backend: RecordingBackend;
  readonly #region: Region;
  readonly #recordings = new Set<Recording>();
  readonly difference = logDifference;

  constructor(backend: RecordingBackend) {
    this.#backend = backend;
    this.#region = new Region(backend.context.arena);
  }

  recording(): Recording {
    const made = new NotedRecording(this, () => this.#recordings.delete(made));
    this.#recordings.add(made);
    return made;
  }

  dispose(): void {
    for (const recording of this.#recordings) recording.dispose();
    this.#backend.count(-this.#region.byteLength);
    this.#region.dispose();
  }

  get hasGrown(): boolean {
    return this.#region.hasGrown;
  }

  get isShort(): boolean {
    return this.#region.isShort;
  }

  note(body: () => void): CommandLog {
    const region = this.#region;
    const { arena } = this.#backend.context;
    if (arena.recorded) throw new ArgumentError("record", "work is being recorded already; recordings do not nest");
    const log = new CommandLog(arena.i32);
    const held = region.byteLength;
    region.begin();
    arena.recorded = { log, region };
    try {
      body();
    } finally {
      arena.recorded = null;
      this.#backend.count(region.byteLength - held);
    }
    return log;
  }

  program({ commands }: CommandLog): Replayable | null {
    const { context, executor, count } = this.#backend;
    const program = orNull(() => new Program(context.arena, commands, executor.threads));
    if (!program) return null;
    count(program.byteLength);
    return {
      run: () => this.#replay(program),
      dispose: () => {
        count(-program.byteLength);
        program.dispose();
      },
    };
  }

  noteRun(reason: string | null): void {
    this.#backend.noteRun(reason);
  }

  #replay(program: Program): void {
    this.#region.begin();
    this.#backend.executor.replay(program);
    this.noteRun(null);
    if (this.#backend.context.takeStatus())
      throw new ArgumentError("replay", "an index is outside its table; run the work op by op to see which");
  }
}
