import type { Recorder, Recording } from "../../../contract/backend.ts";
import { ArgumentError } from "../../../errors.ts";
import { NotedRecording, type Noting, type Replayable } from "../../recording/noted-recording.ts";
import type { DeviceBuffer } from "../storages/buffers.ts";
import type { IndexCheck } from "../index-checks.ts";
import type { KernelContext } from "../kernel-context.ts";
import { CommandLog, logDifference } from "./command-log.ts";
import { Program } from "./program.ts";
import { Region } from "./region.ts";

/** What a recorder needs of its backend. */
export interface RecordingBackend {
  readonly context: KernelContext;
  /** Told of bytes that a recording holds, or with a negative number no longer holds. */
  readonly count: (bytes: number) => void;
  /** Told of a run: null = it was replayed, else why it was not. */
  noteRun(reason: string | null): void;
}

/** Recordings that share one region: the results of one are gone when the next runs. */
export class WebGpuRecorder implements Recorder, Noting<CommandLog> {
  readonly #backend: RecordingBackend;
  readonly #region: Region;
  readonly #recordings = new Set<Recording>();
  /** What the host wrote in recorded work, by content: equal values lie in the same buffer. */
  readonly #constants = new Map<string, DeviceBuffer>();
  /** Places of checks, the first for the first call of a run. */
  readonly #places: number[] = [];
  readonly difference = logDifference;
  readonly isShort = false;

  constructor(backend: RecordingBackend) {
    this.#backend = backend;
    this.#region = new Region(backend.context.parts.pool);
  }

  recording(): Recording {
    const made = new NotedRecording(this, () => this.#recordings.delete(made));
    this.#recordings.add(made);
    return made;
  }

  dispose(): void {
    const { pool, checks } = this.#backend.context.parts;
    for (const recording of this.#recordings) recording.dispose();
    this.#backend.count(-this.#region.byteLength);
    this.#region.dispose();
    for (const buffer of this.#constants.values()) pool.give(buffer);
    this.#constants.clear();
    for (const place of this.#places.splice(0)) checks.giveBack(place);
  }

  get hasGrown(): boolean {
    return this.#region.hasGrown;
  }

  note(body: () => void): CommandLog {
    const { context, count } = this.#backend;
    if (context.recorded) throw new ArgumentError("record", "work is being recorded already; recordings do not nest");
    const region = this.#region;
    const log = new CommandLog();
    const held = region.byteLength;
    region.begin();
    context.recorded = { log, region, constant: (bytes) => this.#constant(bytes), place: (i) => this.#place(i) };
    try {
      body();
    } finally {
      context.recorded = null;
      count(region.byteLength - held);
    }
    return log;
  }

  program(log: CommandLog): Replayable {
    const { context, count } = this.#backend;
    const program = new Program(context.parts, log);
    count(program.byteLength);
    return {
      run: () => this.#replay(program, log),
      dispose: () => {
        count(-program.byteLength);
        // Commands that are not submitted yet may have its parameters.
        context.parts.commands.flush();
        program.dispose();
      },
    };
  }

  noteRun(reason: string | null): void {
    this.#backend.noteRun(reason);
  }

  #replay(program: Program, { written, storages, checks: noted }: CommandLog): void {
    const { device, commands, checks } = this.#backend.context.parts;
    device.check("replay");
    this.#region.begin();
    const open = noted.map(({ op, length, place }): IndexCheck => checks.add(op, length, place));
    // What is made anew fails by what it is made of, not by what happened to an earlier run.
    const inputs = [...storages];
    const failure = inputs.find((one) => one.failure !== null)?.failure ?? null;
    for (const storage of written) {
      commands.writes(storage, inputs);
      if (storage.isRecorded) storage.renew();
      storage.failure ??= failure;
      storage.checks = open;
    }
    commands.replay(program.commands, program.buffers);
    this.noteRun(null);
  }

  /** A buffer that holds these bytes, and nothing else as long as the recorder lives. */
  #constant(bytes: Uint8Array): DeviceBuffer {
    const key = bytes.join();
    const known = this.#constants.get(key);
    if (known) return known;
    const { pool, commands } = this.#backend.context.parts;
    const buffer = pool.take(bytes.length);
    if (commands.isPending(buffer)) commands.flush();
    commands.upload(buffer, bytes);
    this.#constants.set(key, buffer);
    return buffer;
  }

  #place(i: number): number {
    return (this.#places[i] ??= this.#backend.context.parts.checks.reserve());
  }
}
