import type { StorageSpec } from "../../../contract/operand.ts";
import { dtypes, type TypedArray } from "../../../dtypes/dtype.ts";
import { BackendError, DisposedError } from "../../../errors.ts";
import { HostStorage } from "../../host/host-memory.ts";
import type { Arena } from "./arena.ts";
import { tellUsers, type LoggedStorage, type StorageUser } from "../../recording/storage-users.ts";
import type { Region } from "./region.ts";

const none = new Uint8Array(0);

const markOffset = (bytes: number): number => 4 * Math.ceil(bytes / 4);

/** A block of linear memory. `array` is a view of it, so that kernels for typed arrays run on it too. */
export class WasmStorage extends HostStorage implements LoggedStorage {
  readonly arena: Arena;
  readonly byteLength: number;
  /** Whether halves of weights hold no infinity and no NaN; null until a kernel has looked. */
  finite: boolean | null = null;
  /** Recordings whose commands have its address. */
  readonly users = new Set<StorageUser>();
  readonly #bytes: number;
  #address: number;
  /** Where it lies, if it is part of recorded work, and the run that made it. */
  readonly #region: Region | null;
  readonly #run: number;
  #view: TypedArray | null = null;
  #version = -1;

  constructor(spec: StorageSpec, arena: Arena, byteLength: number) {
    super(spec, none);
    this.arena = arena;
    this.byteLength = byteLength;
    this.#region = arena.recorded?.region ?? null;
    this.#run = this.#region?.run ?? 0;
    const isMarked = spec.kind === "dense" && spec.dtype === "f16" && spec.weights !== true && !arena.recorded;
    this.#bytes = isMarked ? markOffset(byteLength) + 4 : byteLength;
    this.#address = arena.alloc(this.#bytes);
    this.markHalves(false);
  }

  /**
   * Address of a word in this memory that is 0 while halves that may change are known to be finite; 0 for other storages.
   * Kernels that write halves in place set it to 1 with the first infinity or NaN; so does whoever may write anything.
   */
  get mark(): number {
    return this.#bytes === this.byteLength ? 0 : this.address + markOffset(this.byteLength);
  }

  /** Notes whether all halves are known to be finite. */
  markHalves(areFinite: boolean): void {
    const { mark } = this;
    if (mark !== 0) this.arena.i32[mark / 4] = areFinite ? 0 : 1;
  }

  /** Byte address. @throws DisposedError after release */
  get address(): number {
    if (this.#address === 0) throw new DisposedError("storage", "used after it was released");
    if (this.#region === null) this.arena.recorded?.log.use(this);
    return this.#address;
  }

  get isReleased(): boolean {
    return this.#address === 0;
  }

  /** For kernels that run in JavaScript. */
  override get array(): TypedArray {
    const { spec, arena, address } = this;
    arena.recorded?.log.refuse("a part of it runs in JavaScript");
    this.markHalves(false);
    if (this.#view && this.#version === arena.version) return this.#view;
    this.#version = arena.version;
    this.#view =
      spec.kind === "quant"
        ? arena.u8.subarray(address, address + this.byteLength)
        : dtypes[spec.dtype].view(arena.memory.buffer, address, spec.length);
    return this.#view;
  }

  override release(): number {
    const address = this.#address;
    if (address === 0) throw new DisposedError("storage", "used after it was released");
    if (this.#region) this.#region.release(address, this.#bytes, this.#run);
    else this.arena.releaseOwn(address, this.#bytes);
    this.#address = 0;
    this.changed("a storage that it uses was freed");
    this.#view = null;
    return this.byteLength;
  }

  /** Recordings that rely on it as it was are over. */
  changed(reason: string): void {
    tellUsers(this, reason);
  }
}

/** @throws BackendError for a handle of another backend */
export function wasmStorage(handle: unknown): WasmStorage {
  if (!(handle instanceof WasmStorage))
    throw new BackendError("storage", "handle belongs to another backend; move the tensor first");
  return handle;
}
