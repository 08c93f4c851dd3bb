import { dtypes, type TypedArray } from "../../dtype.ts";
import { decodeTable } from "../../half.ts";
import { BackendError } from "../../errors.ts";
import type { Device } from "./device.ts";
import type { DeviceArray } from "./program.ts";
import { packHalves, unpackHalves } from "./packing.ts";
import { settled, type Steps } from "./steps.ts";
import type { Constant, Encoding, GpuJsStorage, Shards } from "./storage.ts";

/** Arrays one storage may be split into: more would not fit beside another operand in one kernel. */
export const MAX_SHARDS = 4;

/** Moves elements between the heap and the device, and knows what each storage owns. */
export class Residency {
  readonly #device: Device;
  readonly #packs: boolean;
  /** Called when the bytes that a storage holds change. */
  readonly #onChange: (storage: GpuJsStorage, bytesBefore: number) => void;
  readonly #tables = new Map<Encoding, DeviceArray>();
  #uploads = 0;
  #downloads = 0;

  constructor(device: Device, packs: boolean, onChange: (storage: GpuJsStorage, bytesBefore: number) => void) {
    this.#device = device;
    this.#packs = packs;
    this.#onChange = onChange;
  }

  /** Decoding tables on the device. */
  get tables(): number {
    return this.#tables.size;
  }

  /** Moves so far: to the device, and back for work that runs on the host. */
  get moves(): { readonly uploads: number; readonly downloads: number } {
    return { uploads: this.#uploads, downloads: this.#downloads };
  }

  /** Most elements that one device array holds in an encoding. */
  shardLength(encoding: Encoding): number {
    const { elements } = this.#device.limits;
    return encoding === "plain" ? elements : Math.max(1, Math.floor(elements / 2)) * 3;
  }

  /** Takes over new content and frees the old. */
  put(storage: GpuJsStorage, content: GpuJsStorage["content"]): void {
    const before = storage.bytes;
    const old = storage.content;
    storage.content = content;
    if (old.kind === "elements" && old.device && (content.kind === "constant" || content.device !== old.device))
      this.free(old.device);
    this.#onChange(storage, before);
  }

  putDevice(storage: GpuJsStorage, device: Shards): void {
    this.put(storage, { kind: "elements", host: null, device });
  }

  putHost(storage: GpuJsStorage, host: TypedArray): void {
    this.put(storage, { kind: "elements", host, device: null });
  }

  /** Another reference to the same elements. */
  share(shards: Shards): Shards {
    for (const array of shards.arrays) this.#device.retain(array);
    return shards;
  }

  free(shards: Shards): void {
    for (const array of shards.arrays) this.#device.release(array);
  }

  /** The storage's elements as a kernel reads them; still the storage's own. */
  *onDevice(op: string, storage: GpuJsStorage): Steps<Shards | Constant> {
    const { content } = storage;
    if (content.kind === "constant") return content;
    // A kernel that gets an empty input reads nothing of it; it still needs something to name.
    if (storage.length === 0) return { kind: "constant", value: 0 };
    if (content.device) return content.device;
    const host = content.host ?? new Float32Array(0);
    const device = yield* this.upload(op, storage, host);
    // Integers and bools stay readable on the host: they are small, and ops on them run there.
    const keep = dtypes[storage.dtype].kind !== "float";
    this.put(storage, { kind: "elements", host: keep ? host : null, device });
    return device;
  }

  /** Copies stored elements to the device. */
  *upload(op: string, { dtype, length }: GpuJsStorage, host: TypedArray): Steps<Shards> {
    const half = dtype === "f16" || dtype === "bf16";
    const encoding: Encoding = half && this.#packs ? dtype : "plain";
    const shardLength = this.shardLength(encoding);
    const table = encoding === "plain" ? null : yield* this.#decodeTable(op, encoding);
    const arrays: DeviceArray[] = [];
    this.#uploads++;
    for (let start = 0; start < length; start += shardLength) {
      const part = host.subarray(start, start + shardLength);
      const values =
        encoding === "plain"
          ? Float32Array.from(part, half ? dtypes[dtype].decode : undefined)
          : packHalves(part as Uint16Array);
      arrays.push(yield* this.#made(arrays, this.#device.upload(op, values)));
    }
    return { kind: "shards", arrays, shardLength, length, encoding, table };
  }

  /** The table of an encoding; made once, a quarter of a mebibyte. */
  *#decodeTable(op: string, encoding: "f16" | "bf16"): Steps<DeviceArray> {
    const known = this.#tables.get(encoding);
    if (known) return known;
    const table = yield* settled(this.#device.upload(op, decodeTable(dtypes[encoding].decode)));
    this.#tables.set(encoding, table);
    return table;
  }

  /** The result of a device call; frees what was made before it when it fails. */
  *#made(before: readonly DeviceArray[], pending: DeviceArray | Promise<DeviceArray>): Steps<DeviceArray> {
    try {
      return yield* settled(pending);
    } catch (error) {
      for (const array of before) this.#device.release(array);
      throw error;
    }
  }

  /** The storage's elements in the heap, as stored. Not a copy: do not write. */
  *onHost(storage: GpuJsStorage): Steps<TypedArray> {
    const { content } = storage;
    if (content.kind === "elements" && content.host) return content.host;
    if (content.kind === "constant" || !content.device) return this.filled(storage);
    this.#downloads++;
    const parts: Float32Array[] = [];
    for (const array of content.device.arrays) parts.push(yield* settled(this.#device.fetch(array)));
    const host = this.decode(storage, content.device, parts);
    if (dtypes[storage.dtype].kind !== "float") this.put(storage, { ...content, host });
    return host;
  }

  /** Elements of a storage that holds a constant. */
  filled({ content, dtype, length }: GpuJsStorage): TypedArray {
    const { bytes, encode, view } = dtypes[dtype];
    const value = content.kind === "constant" ? content.value : 0;
    return view(new ArrayBuffer(length * bytes), 0, length).fill(encode(value));
  }

  /** Stored elements from what the device arrays hold. */
  decode(
    { dtype, length }: GpuJsStorage,
    { encoding, shardLength }: Shards,
    parts: readonly Float32Array[],
  ): TypedArray {
    const { bytes, encode, view } = dtypes[dtype];
    const host = view(new ArrayBuffer(length * bytes), 0, length);
    parts.forEach((part, i) => {
      const start = i * shardLength;
      const count = Math.min(shardLength, length - start);
      if (encoding !== "plain") host.set(unpackHalves(part, count), start);
      else if (dtype === "f32") host.set(part, start);
      else for (let k = 0; k < count; k++) host[start + k] = encode(part[k] ?? 0);
    });
    return host;
  }

  /** @throws BackendError when a storage of this length has no place on the device */
  check(length: number, dtype: string): void {
    const { mode, limits } = this.#device;
    const most = limits.elements * MAX_SHARDS;
    if (length > most)
      throw new BackendError(
        "gpujs",
        `${length} elements of ${dtype} exceed mode ${mode}'s limit of ${most} (${MAX_SHARDS} arrays of ${limits.elements}); split the tensor or use another backend`,
        { mode, length, limit: most },
      );
  }
}
