import { usage } from "./storages/buffers.ts";
import type { Device } from "./device/device.ts";

/** Bytes of the parameters of one command: what dynamic offsets are multiples of. */
export const SLOT_BYTES = 256;

/** Words of the parameters of one command. */
export const SLOT_WORDS = SLOT_BYTES / 4;

/** Commands that can be encoded until their parameters are written, all at once. */
export const SLOTS = 256;

/** Parameters of the commands of a batch, in one uniform buffer of 64 KiB. */
export class ParamRing {
  readonly buffer: GPUBuffer;
  readonly #device: Device;
  readonly #words = new Uint32Array(SLOTS * SLOT_WORDS);
  #used = 0;

  constructor(device: Device) {
    this.#device = device;
    this.buffer = device.gpu.createBuffer({ size: SLOTS * SLOT_BYTES, usage: usage.uniform | usage.copyDst });
  }

  get isFull(): boolean {
    return this.#used === SLOTS;
  }

  /** Keeps the parameters of a command. @returns their offset in bytes */
  add(words: ArrayLike<number>): number {
    const slot = this.#used++;
    this.#words.set(words, slot * SLOT_WORDS);
    return slot * SLOT_BYTES;
  }

  /** Sends what was kept. The queue is in order: what was submitted before still sees the parameters of before. */
  write(): void {
    if (this.#used > 0) this.#device.gpu.queue.writeBuffer(this.buffer, 0, this.#words, 0, this.#used * SLOT_WORDS);
    this.#used = 0;
  }
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** A float as the word that stands for it among parameters. */
export function floatWord(value: number): number {
  float[0] = value;
  return bits[0];
}
