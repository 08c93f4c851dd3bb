import type { RunLog } from "../../recording/noted-recording.ts";
import type { DeviceBuffer } from "../storages/buffers.ts";
import type { Dispatch } from "../dispatch.ts";
import type { IndexCheck } from "../index-checks.ts";
import type { WebGpuStorage } from "../storages/storage.ts";

/** A kernel that was run, with its storages and parameters. */
export interface LoggedCommand extends Omit<Dispatch, "group" | "offset"> {
  readonly buffers: readonly DeviceBuffer[];
  readonly words: readonly number[];
}

/** What work does on the device, command by command. */
export class CommandLog implements RunLog {
  readonly commands: LoggedCommand[] = [];
  /** Those from outside the work that its commands use. */
  readonly storages = new Set<WebGpuStorage>();
  /** What its commands write, its results among it. */
  readonly written = new Set<WebGpuStorage>();
  /** Of its calls that look at indices. */
  readonly checks: IndexCheck[] = [];
  #refusal: string | null = null;

  get refusal(): string | null {
    return this.#refusal;
  }

  /** Notes that something was done which a list of commands does not do again. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }
}

/** The first thing in which two runs of the same work differ, in words; null where they are equal. */
export function logDifference(a: CommandLog, b: CommandLog): string | null {
  for (const storage of a.storages) if (storage.isReleased) return "a storage that it used was freed";
  for (const [i, first] of a.commands.entries()) {
    const second = b.commands[i] as LoggedCommand | undefined;
    const name = first.pipeline.shader.name;
    if (second?.pipeline !== first.pipeline)
      return `command ${i} was ${name}, then ${second?.pipeline.shader.name ?? "none"}`;
    if (second.x !== first.x || second.y !== first.y)
      return `${name} had ${first.x} × ${first.y} workgroups, then ${second.x} × ${second.y}`;
    const place = first.buffers.findIndex((buffer, k) => buffer !== second.buffers[k]);
    if (place >= 0) return `storage ${place} of ${name} is another one, or has other values from the host`;
    const word = first.words.findIndex((value, k) => value !== second.words[k]);
    if (word >= 0) return `parameter ${word} of ${name} was ${first.words[word]}, then ${second.words[word]}`;
  }
  const more = b.commands[a.commands.length] as LoggedCommand | undefined;
  return more ? `${more.pipeline.shader.name} came behind its last command` : null;
}
