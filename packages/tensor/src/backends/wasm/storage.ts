import type { StorageSpec } from "../../backend.ts";
import { dtypes, type TypedArray } from "../../dtype.ts";
import { BackendError, DisposedError } from "../../errors.ts";
import { HostStorage } from "../host-memory.ts";
import type { Arena } from "./arena.ts";

const none = new Uint8Array(0);

/** A block of linear memory. `array` is a view of it, so that kernels for typed arrays run on it too. */
export class WasmStorage extends HostStorage {
  readonly arena: Arena;
  readonly byteLength: number;
  /** Whether halves of weights hold no infinity and no NaN; null until a kernel has looked. */
  finite: boolean | null = null;
  #address: number;
  #view: TypedArray | null = null;
  #version = -1;

  constructor(spec: StorageSpec, arena: Arena, byteLength: number) {
    super(spec, none);
    this.arena = arena;
    this.byteLength = byteLength;
    this.#address = arena.alloc(byteLength);
  }

  /** Byte address. @throws DisposedError after release */
  get address(): number {
    if (this.#address === 0) throw new DisposedError("storage", "used after it was released");
    return this.#address;
  }

  override get array(): TypedArray {
    const { spec, arena, address } = this;
    if (this.#view && this.#version === arena.version) return this.#view;
    this.#version = arena.version;
    this.#view =
      spec.kind === "quant"
        ? arena.u8.subarray(address, address + this.byteLength)
        : dtypes[spec.dtype].view(arena.memory.buffer, address, spec.length);
    return this.#view;
  }

  override release(): number {
    this.arena.release(this.address, this.byteLength);
    this.#address = 0;
    this.#view = null;
    return this.byteLength;
  }
}

/** @throws BackendError for a handle of another backend */
export function wasmStorage(handle: unknown): WasmStorage {
  if (!(handle instanceof WasmStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
  return handle;
}
