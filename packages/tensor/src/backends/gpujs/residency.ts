import { dtypes, type TypedArray } from "../../dtypes/dtype.ts";
import { decodeTable } from "../../dtypes/half.ts";
import { BackendError } from "../../errors.ts";
import type { GpuJsDevice } from "./device.ts";
import type { DeviceArray } from "./program.ts";
import { plainEncoding, type Encoding } from "./encodings.ts";
import { settled, type Steps } from "./steps.ts";
import type { Constant, GpuJsStorage, Shards } from "./storage.ts";

/** Arrays one storage may be split into: more would not fit beside another operand in one kernel. */
export const MAX_SHARDS = 4;

/** Moves elements between the heap and the device, and knows what each storage owns. */
export class Residency {
  readonly #device: GpuJsDevice;
  /** Called when the bytes that a storage holds change. */
  readonly #onChange: (storage: GpuJsStorage, bytesBefore: number) => void;
  readonly #tables = new Map<"f16" | "bf16", DeviceArray>();
  #uploads = 0;
  #downloads = 0;

  constructor(device: GpuJsDevice, onChange: (storage: GpuJsStorage, bytesBefore: number) => void) {
    this.#device = device;
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
    this.put(storage, { kind: "elements", host: staysOnHost(storage) ? host : null, device });
    return device;
  }

  /** Copies stored elements to the device. */
  *upload(op: string, { encoding, length }: GpuJsStorage, host: TypedArray): Steps<Shards> {
    const { elements, floats, decodes } = encoding;
    // Whole groups, so that none lies across two arrays.
    const shardLength = Math.max(1, Math.floor(this.#device.limits.elements / floats)) * elements;
    const table = decodes && (yield* this.#decodeTable(op, decodes));
    const arrays: DeviceArray[] = [];
    this.#uploads++;
    for (let start = 0; start < length; start += shardLength) {
      const values = encoding.encode(host.subarray(start, start + shardLength));
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
    if (staysOnHost(storage)) this.put(storage, { ...content, host });
    return host;
  }

  /** Elements of a storage that holds a constant. */
  filled({ content, dtype, length }: GpuJsStorage): TypedArray {
    const { bytes, encode, view } = dtypes[dtype];
    const value = content.kind === "constant" ? content.value : 0;
    return view(new ArrayBuffer(length * bytes), 0, length).fill(encode(value));
  }

  /** Stored elements from what the device arrays hold. */
  decode({ dtype, length }: GpuJsStorage, shards: Shards, parts: readonly Float32Array[]): TypedArray {
    const { shardLength } = shards;
    // A kernel's results are plain f32, whatever they stand for.
    const encoding = shards.encoding.name === "plain" ? plainEncoding(dtype) : shards.encoding;
    const [only] = parts;
    if (only && parts.length === 1) return encoding.decode(only, length);
    const { bytes, view } = dtypes[dtype];
    const host = view(new ArrayBuffer(length * bytes), 0, length);
    parts.forEach((part, i) => {
      const start = i * shardLength;
      host.set(encoding.decode(part, Math.min(shardLength, length - start)), start);
    });
    return host;
  }

  /** @throws BackendError when so many elements have no place on the device */
  check(length: number, { elements, floats }: Encoding, type: string): void {
    const { mode, limits } = this.#device;
    const most = Math.floor(((limits.elements * MAX_SHARDS) / floats) * elements);
    if (length > most)
      throw new BackendError(
        "gpujs",
        `${length} elements of ${type} exceed mode ${mode}'s limit of ${most} (${MAX_SHARDS} arrays of ${limits.elements} floats); split the tensor or use another backend`,
        { mode, length, limit: most },
      );
  }
}

/** Integers and bools stay readable on the host beside the device: they are small, and ops on them run there. */
function staysOnHost({ spec, dtype }: GpuJsStorage): boolean {
  return spec.kind === "dense" && dtypes[dtype].kind !== "float";
}
