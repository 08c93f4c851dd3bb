import type { Arena } from "../memory/arena.ts";
import { chunksOf } from "../threads/chunks.ts";
import { BLOCK_WORDS, type LoggedCommand } from "./command-log.ts";
import { kernelCode } from "../module.ts";

const BLOCK_BYTES = 4 * BLOCK_WORDS;

/** Commands with their parameters in memory, one block each, ready to be carried out again. */
export class Program {
  /** Kernel codes. */
  readonly kernels: Int32Array;
  readonly units: Int32Array;
  /** Units of a chunk, and chunks. */
  readonly steps: Int32Array;
  readonly chunks: Int32Array;
  /** Address of each command's parameters; unsigned, as memories go beyond 2 GiB. */
  readonly params: Uint32Array;
  readonly #arena: Arena;
  readonly #address: number;
  readonly #bytes: number;

  /** @throws BackendError when out of memory */
  constructor(arena: Arena, commands: readonly LoggedCommand[], threads: number) {
    const count = commands.length;
    const constants = commands.reduce((sum, { constant }) => sum + roundedLength(constant), 0);
    this.#arena = arena;
    this.#bytes = count * BLOCK_BYTES + constants;
    this.#address = arena.allocOwn(this.#bytes);
    this.kernels = Int32Array.from(commands, ({ kernel }) => kernelCode(kernel));
    this.units = Int32Array.from(commands, ({ units }) => units);
    const cuts = commands.map(({ units, grain }) => chunksOf(units, grain, threads));
    this.steps = Int32Array.from(cuts, ({ step }) => step);
    this.chunks = Int32Array.from(cuts, ({ chunks }) => chunks);
    this.params = Uint32Array.from(commands, (_, i) => this.#address + i * BLOCK_BYTES);
    let constantAt = this.#address + count * BLOCK_BYTES;
    for (const [i, { words, constant }] of commands.entries()) {
      arena.i32.set(words, this.params[i] / 4);
      if (!constant) continue;
      arena.u8.set(constant, constantAt);
      arena.i32[this.params[i] / 4 + 1] = constantAt;
      constantAt += roundedLength(constant);
    }
  }

  get length(): number {
    return this.kernels.length;
  }

  /** Bytes of memory it holds. */
  get byteLength(): number {
    return this.#bytes;
  }

  dispose(): void {
    this.#arena.releaseOwn(this.#address, this.#bytes);
  }
}

/** Bytes with the gap to the next vector. */
const roundedLength = (bytes: Uint8Array | undefined): number => Math.ceil((bytes?.length ?? 0) / 16) * 16;
