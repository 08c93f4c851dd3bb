import type { RunLog } from "../../recording/noted-recording.ts";
import type { LoggedStorage } from "../../recording/storage-users.ts";
import { PARAMS } from "../threads/control.ts";
import type { KernelName } from "../kernel-names.ts";

/** A kernel that was run, with its parameters. */
export interface LoggedCommand {
  readonly kernel: KernelName;
  readonly units: number;
  readonly grain: number;
  readonly words: Int32Array;
  /** Bytes that word 1 is to point to: what the host wrote. */
  readonly constant?: Uint8Array;
}

/** Bytes that the host may write at once; more than scalars and small tables is not the work of a step. */
const MOST_CONSTANT = 2 ** 16;

/** Words of a parameter block. */
export const BLOCK_WORDS = 64;

const FIRST_WORD = PARAMS / 4;

/** What work does on its memory, command by command. */
export class CommandLog implements RunLog {
  readonly commands: LoggedCommand[] = [];
  /** Storages from outside the work whose addresses it took. */
  readonly storages = new Set<LoggedStorage>();
  #refusal: string | null = null;
  #words = 0;

  /** @param i32 the memory: parameters of before are forgotten, so that equal work has equal blocks */
  constructor(i32: Int32Array) {
    i32.fill(0, FIRST_WORD, FIRST_WORD + BLOCK_WORDS);
  }

  /** Why the work cannot be replayed; null where it can. */
  get refusal(): string | null {
    return this.#refusal;
  }

  /** Notes that something was done which a list of commands does not do again. */
  refuse(reason: string): void {
    this.#refusal ??= reason;
  }

  use(storage: LoggedStorage): void {
    this.storages.add(storage);
  }

  /** Parameters are set up to this word; what a command does not set is as the one before left it. */
  reach(words: number): void {
    if (words > this.#words) this.#words = words;
  }

  command(kernel: KernelName, units: number, grain: number, i32: Int32Array): void {
    const words = i32.slice(FIRST_WORD, FIRST_WORD + this.#words);
    this.commands.push({ kernel, units, grain, words });
    if (this.#words > BLOCK_WORDS) this.refuse(`${kernel} has ${this.#words} parameters`);
  }

  /** The host wrote `bytes` to an address; a replay copies them from memory of its own. */
  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > MOST_CONSTANT) return this.refuse(`${bytes.length} bytes are written by the host`);
    const words = Int32Array.of(address, 0, 1, bytes.length, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1);
    this.commands.push({ kernel: "move", units: 1, grain: 1, words, constant: bytes.slice() });
  }
}

/** The first thing in which two runs of the same work differ, in words; null where they are equal. */
export function logDifference(a: CommandLog, b: CommandLog): string | null {
  for (const storage of a.storages) if (storage.isReleased) return "a storage that it used was freed";
  for (const [i, first] of a.commands.entries()) {
    const second = b.commands[i];
    if (second?.kernel !== first.kernel) return `command ${i} was ${first.kernel}, then ${second?.kernel ?? "none"}`;
    if (second.units !== first.units) return `${first.kernel} had ${first.units} units of work, then ${second.units}`;
    if (second.grain !== first.grain) return `${first.kernel} had a grain of ${first.grain}, then ${second.grain}`;
    if (differingWord(first.constant ?? none, second.constant ?? none) !== null) return "other values from the host";
    const word = differingWord(first.words, second.words);
    if (word !== null)
      return `parameter ${word} of ${first.kernel} was ${first.words[word] ?? "none"}, then ${second.words[word] ?? "none"}`;
  }
  const more = b.commands[a.commands.length];
  return more ? `${more.kernel} came behind its last command` : null;
}

const none = new Uint8Array(0);

function differingWord(a: Int32Array | Uint8Array, b: Int32Array | Uint8Array): number | null {
  for (let word = 0; word < Math.max(a.length, b.length); word++) if (a[word] !== b[word]) return word;
  return null;
}
