import { usage, type DeviceBuffer } from "../storages/buffers.ts";
import type { Dispatch } from "../dispatch.ts";
import type { ContextParts } from "../kernel-context.ts";
import { SLOT_BYTES, SLOT_WORDS } from "../params.ts";
import type { CommandLog } from "./command-log.ts";

/** Commands with their parameters on the device, ready to be encoded again: nothing is made in a replay. */
export class Program {
  readonly commands: readonly Dispatch[];
  readonly byteLength: number;
  readonly #buffers: readonly DeviceBuffer[];
  readonly #params: GPUBuffer;

  constructor({ device, groups }: ContextParts, { commands }: CommandLog) {
    this.byteLength = Math.max(1, commands.length) * SLOT_BYTES;
    this.#params = device.gpu.createBuffer({ size: this.byteLength, usage: usage.uniform | usage.copyDst });
    const words = new Uint32Array(this.byteLength / 4);
    for (const [i, command] of commands.entries()) words.set(command.words, i * SLOT_WORDS);
    device.gpu.queue.writeBuffer(this.#params, 0, words);
    const made = new Map<string, GPUBindGroup>();
    this.commands = commands.map(({ pipeline, buffers, x, y, traffic, flops }, i) => {
      const key = `${pipeline.shader.reads} ${buffers.map(({ id }) => id).join()}`;
      const group = made.get(key) ?? groups.make(pipeline.layout, buffers, this.#params);
      made.set(key, group);
      return { pipeline, group, offset: i * SLOT_BYTES, x, y, traffic, flops };
    });
    this.#buffers = [...new Set(commands.flatMap(({ buffers }) => buffers))];
  }

  get buffers(): readonly DeviceBuffer[] {
    return this.#buffers;
  }

  dispose(): void {
    this.#params.destroy();
  }
}
