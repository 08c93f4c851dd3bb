import type { DeviceBuffer } from "./storages/buffers.ts";
import type { Device } from "./device/device.ts";
import { SLOT_BYTES } from "./params.ts";
import type { Pipeline } from "./pipelines.ts";

/** Groups kept at most: with more, pipelines and storages change so much that few are found again. */
const MOST = 8192;

/** Bind groups by layout and buffers, so that equal calls make none. */
export class BindGroups {
  readonly #device: Device;
  readonly #params: GPUBuffer;
  readonly #groups = new Map<string, GPUBindGroup>();
  #made = 0;

  /** @param params the buffer that parameters are taken from, by dynamic offsets */
  constructor(device: Device, params: GPUBuffer) {
    this.#device = device;
    this.#params = params;
  }

  /** Groups made so far. */
  get made(): number {
    return this.#made;
  }

  get({ layout, shader }: Pipeline, buffers: readonly DeviceBuffer[]): GPUBindGroup {
    let key = `${shader.reads}`;
    for (const { id } of buffers) key += `,${id}`;
    const known = this.#groups.get(key);
    if (known) return known;
    if (this.#groups.size >= MOST) this.#groups.clear();
    const group = this.make(layout, buffers);
    this.#groups.set(key, group);
    return group;
  }

  make(layout: GPUBindGroupLayout, buffers: readonly DeviceBuffer[], params = this.#params): GPUBindGroup {
    this.#made++;
    return this.#device.gpu.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: params, size: SLOT_BYTES } },
        ...buffers.map(({ gpu }, i) => ({ binding: i + 1, resource: { buffer: gpu } })),
      ],
    });
  }

  /** Forgets all groups: a buffer of some is gone. */
  clear(): void {
    this.#groups.clear();
  }
}
